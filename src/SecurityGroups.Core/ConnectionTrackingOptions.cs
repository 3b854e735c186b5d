namespace SecurityGroups;

/// <summary>How connections are tracked.</summary>
public sealed record ConnectionTrackingOptions
{
    private const int CapacityLimit = 16_777_216;

    /// <summary>
    /// Most connections tracked at a time; memory for all of them is reserved at the start, 120 octets each (12 more for those of NICs with a quota), and used as they come.
    /// 1 to 16,777,216, default 65,536.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int MaxConnections { get; init => field = InRange(value, 1, CapacityLimit, nameof(MaxConnections)); } = 65_536;

    /// <summary>What becomes of tracked connections when the policy changes; default <see cref="EstablishedConnections.Revalidate"/>.</summary>
    public EstablishedConnections EstablishedConnections { get; init; } = EstablishedConnections.Revalidate;

    /// <summary>Whether a TCP connection may be joined without its SYN; default <see cref="PickUp.Strict"/>.</summary>
    public PickUp PickUp { get; init; } = PickUp.Strict;

    /// <summary>The TCP sequence window check; default <see cref="WindowCheck.Enforce"/>.</summary>
    public WindowCheck WindowCheck { get; init; } = WindowCheck.Enforce;

    /// <summary>Idle times; default <see cref="ConnectionTimeouts.Default"/>.</summary>
    /// <exception cref="ArgumentNullException">Set to null.</exception>
    public ConnectionTimeouts Timeouts { get; init => field = value ?? throw new ArgumentNullException(nameof(Timeouts)); } = ConnectionTimeouts.Default;

    /// <summary>Whether only packets leaving the instance refresh a UDP connection (RFC 4787 REQ-6); default false.</summary>
    public bool RefreshOnEgressOnly { get; init; }

    /// <summary>ICMP errors a second and NIC that may pass as related; 0 = no limit, default 1,000 with a burst of ten times as many.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 0 or above 1,000,000.</exception>
    public int IcmpErrorsPerSecond { get; init => field = InRange(value, 0, 1_000_000, nameof(IcmpErrorsPerSecond)); } = 1_000;

    /// <summary>
    /// Most half-open TCP connections, in percent of the table and of a NIC's quota, so that a flood of SYNs cannot take the whole; a newcomer
    /// above that evicts the oldest of them. 1 to 100, 100 = no cap, default 25.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int HalfOpenPercentage { get; init => field = InRange(value, 1, 100, nameof(HalfOpenPercentage)); } = 25;

    /// <summary>
    /// Most connections without TCP that are one packet or one exchange, in percent of the table and of a NIC's quota; a newcomer above that evicts the
    /// oldest of them. 1 to 100, 100 = no cap, default 50.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int UnrepliedPercentage { get; init => field = InRange(value, 1, 100, nameof(UnrepliedPercentage)); } = 50;

    /// <summary>
    /// Whether packets and octets are counted per connection (<see cref="ConnectionTraffic"/>), which takes 32 octets more a connection; default false.
    /// </summary>
    public bool CountTraffic { get; init; }

    private static int InRange(int value, int min, int max, string member) => value >= min && value <= max
        ? value
        : throw new ArgumentOutOfRangeException(member, value, $"Must be from {min} to {max}.");
}
