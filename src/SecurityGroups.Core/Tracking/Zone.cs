namespace SecurityGroups.Tracking;

/// <summary>What is counted per tracking zone, which is one incarnation of a NIC.</summary>
/// <remarks>
/// Connections by what caps count. One word holds all of them, whether the zone is closed, and how many are half-open: a TCP connection, of
/// which floods are made, is counted by one interlocked addition, and the last one of a closed zone is seen by the very one that takes it away.
/// <code>
///  63        32 | 31 | 30      | 29          0
///  half-open    | 0  | retired | connections
/// </code>
/// Counts are never negative, so nothing is borrowed from one half for the other.
/// </remarks>
internal sealed class Zone(string nicId, RankLists lists)
{
    /// <summary>In the count of connections: the zone takes no more. Above any number of connections.</summary>
    private const int RetiredBit = 1 << 30;
    private const int HalfOpenShift = 32;

    private long _room;
    private int _unreplied;
    private long _tolerated;
    private long _evicted;

    /// <summary>Limits the ICMP errors that pass as related.</summary>
    public RateLimit IcmpErrors;

    /// <summary>Fragmented datagrams in their table.</summary>
    public FragmentShare Fragments;

    /// <summary>The NIC.</summary>
    public string NicId { get; } = nicId;

    /// <summary>Its connections by rank, if it has a quota.</summary>
    public RankLists Lists { get; } = lists;

    /// <summary>Connections in the table, expired ones that were not reclaimed yet included.</summary>
    public int Connections => (int)Volatile.Read(ref _room) & ~RetiredBit;

    public bool IsRetired
    {
        get
        {
            Interleaving.Step();
            return (Volatile.Read(ref _room) & RetiredBit) != 0;
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

    /// <summary>Connections of a rank; the ranks without a cap are one.</summary>
    public int Of(ConnectionRank rank) => rank switch
    {
        ConnectionRank.Unreplied => Volatile.Read(ref _unreplied),
        ConnectionRank.HalfOpen => (int)(Volatile.Read(ref _room) >> HalfOpenShift),
        _ => Math.Max(0, Connections - Of(ConnectionRank.Unreplied) - Of(ConnectionRank.HalfOpen)),
    };

    /// <summary>Counts a connection: false, to be taken back, above <paramref name="max"/> (0 = any number) or in a retired zone.</summary>
    public bool TryAdd(ConnectionRank rank, int max)
    {
        CountUnreplied(rank, 1);
        Interleaving.Step();
        return (int)Interlocked.Add(ref _room, 1 + HalfOpenOf(rank)) <= (max == 0 ? RetiredBit - 1 : max);
    }

    /// <summary>Counts one less; true = the last one of a retired zone.</summary>
    public bool Remove(ConnectionRank rank)
    {
        CountUnreplied(rank, -1);
        Interleaving.Step();
        return (int)Interlocked.Add(ref _room, -1 - HalfOpenOf(rank)) == RetiredBit;
    }

    /// <summary>Counts a connection that changed its rank; up before down, so that a limit holds at every moment.</summary>
    public void Move(ConnectionRank from, ConnectionRank to)
    {
        CountUnreplied(to, 1);
        if (HalfOpenOf(to) != HalfOpenOf(from))
        {
            Interleaving.Step();
            Interlocked.Add(ref _room, HalfOpenOf(to) - HalfOpenOf(from));
        }

        CountUnreplied(from, -1);
    }

    /// <summary>Takes no more connections from now on; true = there are none left.</summary>
    public bool Retire(long nowMilliseconds)
    {
        RetiredAt = nowMilliseconds;
        Interleaving.Step();
        return (int)Interlocked.Or(ref _room, RetiredBit) == 0;
    }

    private static long HalfOpenOf(ConnectionRank rank) => rank == ConnectionRank.HalfOpen ? 1L << HalfOpenShift : 0;

    private void CountUnreplied(ConnectionRank rank, int connections)
    {
        if (rank == ConnectionRank.Unreplied)
        {
            Interleaving.Step();
            Interlocked.Add(ref _unreplied, connections);
        }
    }
}
