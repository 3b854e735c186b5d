namespace SecurityGroups.Tracking;

/// <summary>What is counted per tracking zone, which is one incarnation of a NIC.</summary>
internal sealed class Zone
{
    private int _connections;

    /// <summary>Limits the ICMP errors that pass as related.</summary>
    public RateLimit IcmpErrors;

    /// <summary>Connections in the table, expired ones that were not reclaimed yet included.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public int Add() => Interlocked.Increment(ref _connections);

    public void Remove() => Interlocked.Decrement(ref _connections);
}
