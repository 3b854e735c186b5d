namespace SecurityGroups;

/// <summary>A stream does not hold saved connections, or is damaged; nothing was restored from it.</summary>
public sealed class ConnectionStreamException : FormatException
{
    internal ConnectionStreamException(long offset, string expected)
        : base(FormattableString.Invariant($"Not a whole stream of saved connections: at octet {offset}, expected {expected}.")) => Offset = offset;

    /// <summary>Where the first wrong octet stands, counted from the place at which reading began.</summary>
    public long Offset { get; }
}
