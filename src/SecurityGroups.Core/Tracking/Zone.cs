namespace SecurityGroups.Tracking;

/// <summary>What is counted per tracking zone, which is one incarnation of a NIC.</summary>
internal sealed class Zone
{
    private int _connections;
    private long _tolerated;

    /// <summary>Limits the ICMP errors that pass as related.</summary>
    public RateLimit IcmpErrors;

    /// <summary>Connections in the table, expired ones that were not reclaimed yet included.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Packets outside their window that passed because the check only logs.</summary>
    public long Tolerated => Volatile.Read(ref _tolerated);

    public void CountTolerated() => Interlocked.Increment(ref _tolerated);

    public int Add() => Interlocked.Increment(ref _connections);

    public void Remove() => Interlocked.Decrement(ref _connections);
}
