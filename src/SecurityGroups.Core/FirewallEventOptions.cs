namespace SecurityGroups;

/// <summary>Which events a firewall tells, and how many it holds for a reader that is slow.</summary>
public sealed record FirewallEventOptions
{
    private const int MostEvents = 1_048_576;
    private const int MostDenials = 1_000_000;

    /// <summary>
    /// Events held until they are read, rounded up to a power of two; those that find no room are dropped and counted. Their memory, about 160 octets
    /// each, is taken at the start. 2 to 1,048,576, default 8,192.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int Capacity { get; init => field = InRange(value, 2, MostEvents, nameof(Capacity)); } = 8_192;

    /// <summary>Whether starts and ends of connections are told; default true.</summary>
    public bool Connections { get; init; } = true;

    /// <summary>Whether packets are told that were denied, or would have been but for <see cref="WindowCheck.Log"/>; default true.</summary>
    public bool Denials { get; init; } = true;

    /// <summary>
    /// Such packets told a second, all NICs together, so that a flood of them pushes nothing else out; the rest is counted
    /// (<see cref="FirewallEvents.Suppressed"/>). 1 to 1,000,000, default 1,000.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int DenialsPerSecond { get; init => field = InRange(value, 1, MostDenials, nameof(DenialsPerSecond)); } = 1_000;

    /// <summary>How long <see cref="FirewallEvents.ReadAllAsync"/> waits before it looks again when there was nothing; 1 ms to 1 min, default 20 ms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public TimeSpan PollInterval
    {
        get;
        init => field = value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromMinutes(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(PollInterval), value, "Must be from 1 ms to 1 min.");
    } = TimeSpan.FromMilliseconds(20);

    private static int InRange(int value, int min, int max, string member) => value >= min && value <= max
        ? value
        : throw new ArgumentOutOfRangeException(member, value, $"Must be from {min} to {max}.");
}
