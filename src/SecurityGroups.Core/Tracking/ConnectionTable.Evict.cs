namespace SecurityGroups.Tracking;

// Eviction: who goes when there is no room.
internal sealed partial class ConnectionTable
{
    /// <summary>
    /// Ends one connection to make room: the first in order (<see cref="Victim"/>) of a small sample drawn from the whole table. False: of those
    /// drawn none may go.
    /// </summary>
    /// <param name="only">Only of this rank; null = any.</param>
    /// <param name="now">The time.</param>
    private bool TryEvict(ConnectionRank? only, long now)
    {
        for (int i = 0; i < TrackingTuning.MaxEvictions; i++)
        {
            uint first = Interlocked.Add(ref _counters[0].Drawn, TrackingTuning.SampleEntries) - TrackingTuning.SampleEntries;
            Victim victim = Draw(only, now, first, null);
            if (victim.IsNone)
            {
                Volatile.Write(ref _counters[0].DrawnInVainAt, now);
                return false;
            }

            if (TryEnd(victim.Index, null, only, now, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>As <see cref="TryEvict"/>, among the connections of one zone: one of the oldest of its lowest rank.</summary>
    private bool TryEvictListed(Zone zone, ConnectionRank? only, long now, out bool wasOver)
    {
        for (ConnectionRank rank = only ?? ConnectionRank.Unreplied; rank <= (only ?? ConnectionRank.Tombstone); rank++)
        {
            for (int i = 0; i < TrackingTuning.MaxEvictions && TryChoose(zone, rank, now, out Victim victim); i++)
            {
                if (TryEnd(victim.Index, zone, rank, now, out wasOver))
                {
                    return true;
                }
            }
        }

        wasOver = false;
        return false;
    }

    private bool TryChoose(Zone zone, ConnectionRank rank, long now, out Victim victim)
    {
        Span<uint> oldest = stackalloc uint[TrackingTuning.ListedSample];
        oldest = oldest[..zone.Lists.CopyOldest(rank, oldest)];
        victim = Choose(oldest, rank, now);
        Renew(zone, rank, oldest, victim, now);
        return !victim.IsNone;
    }

    /// <summary>Ends one of the connections in the buckets that a newcomer could lie in, all slots of which are taken.</summary>
    private bool TryEvictNear(uint home, long now)
    {
        Victim victim = Victim.None;
        for (uint bucket = home; bucket <= home + TrackingTuning.MaxSpill; bucket++)
        {
            for (int slot = 0; slot < Bucket.Slots; slot++)
            {
                Consider(_buckets[bucket].IndexAt(slot), null, now, ref victim);
            }
        }

        return !victim.IsNone && TryEnd(victim.Index, null, null, now, out _);
    }

    // Draws until there is somebody, in steps of a sample. A search in vain is not repeated at full length within the millisecond: a flood
    // against a table of established connections costs one sample a packet.
    private Victim Draw(ConnectionRank? only, long now, uint first, HashSet<uint>? leaving)
    {
        Victim victim = Victim.None;
        uint used = _free.Used;
        bool isSmall = used <= TrackingTuning.MaxSampledEntries;
        uint most = isSmall ? used : Volatile.Read(ref _counters[0].DrawnInVainAt) == now ? TrackingTuning.SampleEntries : (uint)TrackingTuning.MaxSampledEntries;
        for (uint i = 0; i < most && (isSmall || victim.IsNone || i % TrackingTuning.SampleEntries != 0); i++)
        {
            uint index = isSmall ? i : Scatter(first + i, used);
            if (leaving?.Contains(index) != true)
            {
                Consider(index, only, now, ref victim);
            }
        }

        return victim;
    }

    // Multiples of the golden ratio: neighbours in number lie far apart, and no run of like connections is met as one.
    private static uint Scatter(uint number, uint length) => (uint)(((ulong)(number * 0x9E3779B1u) * length) >> 32);

    // A look without the lock; who is chosen is judged again under it.
    private void Consider(uint index, ConnectionRank? only, long now, ref Victim victim)
    {
        Interleaving.Step();
        ref ConnectionEntry entry = ref _entries[index];
        ConnectionState state = new(Volatile.Read(ref entry.StateWord));
        if (!state.IsLive || (only is { } rank && state.Rank != rank))
        {
            return;
        }

        bool isOver = IsOver(entry, state, now);
        if (isOver || state.IsEvictable(now))
        {
            int weight = isOver ? 0 : Weight(entry.Zone, state.Rank);
            Victim candidate = new(index, isOver ? 0 : 1 + (int)state.Rank, weight, state.IdleMilliseconds(now));
            victim = candidate.GoesBefore(victim) ? candidate : victim;
        }
    }

    private int Weight(uint zone, ConnectionRank rank) =>
        rank <= ConnectionRank.HalfOpen ? _zones.Find(zone)?.Of(rank) ?? 0 : 0;

    private Victim Choose(ReadOnlySpan<uint> indexes, ConnectionRank rank, long now)
    {
        Victim victim = Victim.None;
        foreach (uint index in indexes)
        {
            Consider(index, rank, now, ref victim);
        }

        return victim;
    }

    // Those that were heard of since they came to the front make place there: for less than half as long idle as the victim, or all of them
    // when none may go.
    private void Renew(Zone zone, ConnectionRank rank, ReadOnlySpan<uint> indexes, in Victim victim, long now)
    {
        foreach (uint index in indexes)
        {
            if (IsFresh(new ConnectionState(Volatile.Read(ref _entries[index].StateWord)), victim, now))
            {
                TryRenew(zone, rank, index);
            }
        }
    }

    private static bool IsFresh(ConnectionState state, in Victim victim, long now) =>
        state.IsLive && (victim.IsNone || state.IdleMilliseconds(now) < victim.IdleMilliseconds / 2);

    // Threads A and B: A copied the list, B took the connection out and put one of another zone into its entry. Linked by A then, it would be in
    // two rings, each under a lock of its own.
    private void TryRenew(Zone zone, ConnectionRank rank, uint index)
    {
        ref ConnectionEntry entry = ref _entries[index];
        if (!TryLock(ref entry, out ConnectionState state))
        {
            return;
        }

        if (_zones.FindOfConnection(entry.Zone) == zone)
        {
            zone.Lists.Renew(index, rank);
        }

        Unlock(index, state);
    }

    private bool TryEnd(uint index, Zone? zone, ConnectionRank? only, long now, out bool wasOver)
    {
        wasOver = false;
        ref ConnectionEntry entry = ref _entries[index];
        if (!TryLock(ref entry, out ConnectionState state))
        {
            return false;
        }

        // Threads A and B: A chose it, B advanced it, or removed it and put another one into its entry.
        wasOver = IsOver(entry, state, now);
        bool mayGo = (only is null || state.Rank == only) && (zone is null || _zones.FindOfConnection(entry.Zone) == zone) && (wasOver || state.IsEvictable(now));
        if (mayGo)
        {
            End(entry, ref state, now, wasOver);
            Release(index, state);
        }
        else
        {
            Unlock(index, state);
        }

        return mayGo;
    }
}
