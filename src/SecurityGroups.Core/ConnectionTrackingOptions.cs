namespace SecurityGroups;

/// <summary>How connections are tracked.</summary>
public sealed record ConnectionTrackingOptions
{
    /// <summary>Most connections tracked at a time; memory for all of them is taken at the start. 1 to 16,777,216, default 65,536.</summary>
    public int MaxConnections { get; init; } = 65_536;

    /// <summary>What becomes of tracked connections when the policy changes; default <see cref="EstablishedConnections.Revalidate"/>.</summary>
    public EstablishedConnections EstablishedConnections { get; init; } = EstablishedConnections.Revalidate;

    /// <summary>Whether a TCP connection may be joined without its SYN; default <see cref="PickUp.Strict"/>.</summary>
    public PickUp PickUp { get; init; } = PickUp.Strict;

    /// <summary>The TCP sequence window check; default <see cref="WindowCheck.Enforce"/>.</summary>
    public WindowCheck WindowCheck { get; init; } = WindowCheck.Enforce;

    /// <summary>Idle times; default <see cref="ConnectionTimeouts.Default"/>.</summary>
    public ConnectionTimeouts Timeouts { get; init; } = ConnectionTimeouts.Default;

    /// <summary>Whether only packets leaving the instance refresh a UDP connection (RFC 4787 REQ-6); default false.</summary>
    public bool RefreshOnEgressOnly { get; init; }

    /// <summary>ICMP errors a second and NIC that may pass as related; 0 = no limit, default 1,000 with a burst of ten times as many.</summary>
    public int IcmpErrorsPerSecond { get; init; } = 1_000;
}
