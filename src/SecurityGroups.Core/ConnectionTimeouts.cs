namespace SecurityGroups;

/// <summary>How long a connection of each kind may be idle before it expires.</summary>
public sealed record ConnectionTimeouts
{
    /// <summary>Our defaults: RFC floors where they protect users, Linux values elsewhere.</summary>
    public static ConnectionTimeouts Default { get; } = new();
}
