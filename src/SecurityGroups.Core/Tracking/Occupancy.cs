namespace SecurityGroups.Tracking;

/// <summary>How many connections a table has, by what caps count. One interlocked addition per connection made or gone.</summary>
internal struct Occupancy
{
    private int _unreplied;
    private int _halfOpen;
    private int _others;

    /// <summary>All; off by some while connections change rank on other threads.</summary>
    public readonly int Connections => Of(ConnectionRank.Unreplied) + Of(ConnectionRank.HalfOpen) + Of(ConnectionRank.Established);

    /// <summary>Those of a rank; the ranks without a cap are one.</summary>
    public readonly int Of(ConnectionRank rank) => rank switch
    {
        ConnectionRank.Unreplied => Volatile.Read(in _unreplied),
        ConnectionRank.HalfOpen => Volatile.Read(in _halfOpen),
        _ => Volatile.Read(in _others),
    };

    public void Add(ConnectionRank rank)
    {
        Interleaving.Step();
        Interlocked.Increment(ref Counter(ref this, rank));
    }

    public void Remove(ConnectionRank rank)
    {
        Interleaving.Step();
        Interlocked.Decrement(ref Counter(ref this, rank));
    }

    /// <summary>Counts a connection that changed its rank; up before down, so that a limit holds at every moment.</summary>
    public void Move(ConnectionRank from, ConnectionRank to)
    {
        Add(to);
        Remove(from);
    }

    private static ref int Counter(ref Occupancy occupancy, ConnectionRank rank)
    {
        switch (rank)
        {
            case ConnectionRank.Unreplied:
                return ref occupancy._unreplied;
            case ConnectionRank.HalfOpen:
                return ref occupancy._halfOpen;
            default:
                return ref occupancy._others;
        }
    }
}
