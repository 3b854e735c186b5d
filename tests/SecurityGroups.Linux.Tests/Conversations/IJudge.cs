namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>Asks the library about packets that arrive together, in one of the ways it can be asked. Any thread.</summary>
internal interface IJudge
{
    /// <summary>Fills one decision a packet.</summary>
    void Decide(Direction direction, List<byte[]> packets, Span<Decision> decisions);
}
