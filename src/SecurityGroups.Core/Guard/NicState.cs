namespace SecurityGroups.Guard;

/// <summary>
/// What changes about one incarnation of a NIC while packets flow: its counters and when it last asked for an address. Shared by every
/// ruleset that has the NIC; any thread.
/// </summary>
internal sealed class NicState
{
    private const long Never = long.MinValue / 2;
    private long _dhcpRequestedAt = Never;
    private long _revalidations;

    /// <summary>Packets by direction and reason.</summary>
    public DecisionCounters Counters { get; } = new();

    /// <summary>When the NIC last broadcast a DHCP request, milliseconds; long ago when never.</summary>
    public long DhcpRequestedAt
    {
        get => Volatile.Read(ref _dhcpRequestedAt);
        set => Volatile.Write(ref _dhcpRequestedAt, value);
    }

    /// <summary>How often a connection was checked again after a change.</summary>
    public long Revalidations => Volatile.Read(ref _revalidations);

    public void CountRevalidation() => Interlocked.Increment(ref _revalidations);
}
