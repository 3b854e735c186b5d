namespace SecurityGroups.Tracking;

/// <summary>What is counted per tracking zone, which is one incarnation of a NIC.</summary>
internal sealed class Zone(string nicId, RankLists lists)
{
    /// <summary>In the count of connections: the zone takes no more. Above any number of connections.</summary>
    private const int RetiredBit = 1 << 30;

    private int _connections;
    private long _tolerated;
    private long _evicted;

    /// <summary>Limits the ICMP errors that pass as related.</summary>
    public RateLimit IcmpErrors;

    /// <summary>Fragmented datagrams in their table.</summary>
    public FragmentShare Fragments;

    /// <summary>Its connections by what caps count.</summary>
    public Occupancy Room;

    /// <summary>The NIC.</summary>
    public string NicId { get; } = nicId;

    /// <summary>Its connections by rank, if it has a quota.</summary>
    public RankLists Lists { get; } = lists;

    /// <summary>Connections in the table, expired ones that were not reclaimed yet included.</summary>
    public int Connections => Volatile.Read(ref _connections) & ~RetiredBit;

    public bool IsRetired
    {
        get
        {
            Interleaving.Step();
            return (Volatile.Read(ref _connections) & RetiredBit) != 0;
        }
    }

    /// <summary>When the zone was closed, milliseconds; meaningless before.</summary>
    public long RetiredAt { get; private set; }

    /// <summary>Packets outside their window that passed because the check only logs.</summary>
    public long Tolerated => Volatile.Read(ref _tolerated);

    /// <summary>Its connections that made room for others.</summary>
    public long Evicted => Volatile.Read(ref _evicted);

    public void CountTolerated() => Interlocked.Increment(ref _tolerated);

    public void CountEvicted() => Interlocked.Increment(ref _evicted);

    /// <summary>Counts a connection: false, to be taken back, above <paramref name="max"/> (0 = any number) or in a retired zone.</summary>
    public bool TryAdd(int max)
    {
        Interleaving.Step();
        return Interlocked.Increment(ref _connections) <= (max == 0 ? RetiredBit - 1 : max);
    }

    /// <summary>Counts one less; true = the last one of a retired zone.</summary>
    public bool Remove()
    {
        Interleaving.Step();
        return Interlocked.Decrement(ref _connections) == RetiredBit;
    }

    /// <summary>Takes no more connections from now on; true = there are none left.</summary>
    public bool Retire(long nowMilliseconds)
    {
        RetiredAt = nowMilliseconds;
        Interleaving.Step();
        return Interlocked.Or(ref _connections, RetiredBit) == 0;
    }
}
