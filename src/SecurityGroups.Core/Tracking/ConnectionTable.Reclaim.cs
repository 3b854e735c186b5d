using System.Collections.Immutable;

namespace SecurityGroups.Tracking;

// What is over: the clock hand that every insert moves a little, and the sweep for zones at their quota.
internal sealed partial class ConnectionTable
{
    /// <summary>
    /// Moves the clock hand over some entries and removes what expired or belongs to a retired zone, with <paramref name="early"/> also what
    /// pressure does not leave its whole idle time. Returns how many went.
    /// </summary>
    public int Reclaim(long now, int budget, bool early = false)
    {
        uint used = _free.Used;
        if (used == 0)
        {
            return 0;
        }

        int steps = (int)Math.Min((uint)budget, used);
        uint position = (Interlocked.Add(ref _counters[0].Hand, (uint)steps) - (uint)steps) % used;
        int reclaimed = 0;
        for (int i = 0; i < steps; i++)
        {
            if (TryReap(position, now, early))
            {
                reclaimed++;
            }

            position = position + 1 == used ? 0 : position + 1;
        }

        _entries.Prefetch(position);
        if (reclaimed != 0)
        {
            PrefetchBucketsOfOver(position, Math.Min(used, position + TrackingTuning.HandSteps), now);
        }

        return reclaimed;
    }

    // What ends does so in rows: a flood, a NIC that went. Where the hand has met some, the next ones will need their buckets, which lie anywhere.
    private void PrefetchBucketsOfOver(uint first, uint end, long now)
    {
        for (uint index = first; index < end; index++)
        {
            ref ConnectionEntry entry = ref _entries[index];
            ConnectionState state = new(Volatile.Read(ref entry.StateWord));
            if (state.IsLive && IsOver(entry, state, now))
            {
                // Read without its lock: should it be another connection by now, the wrong bucket is asked for.
                PrefetchBucket(Hash(KeyOf(index)));
            }
        }
    }

    /// <summary>Whether an entry's connection is past its time, or its zone gone. Meaningful while the caller holds its lock.</summary>
    public bool IsOver(in ConnectionEntry entry, ConnectionState state, long now) =>
        _timeouts.IsExpired(state, now) || _zones.Find(entry.Zone) is null;

    private bool TryReap(uint index, long now, bool early = false)
    {
        Interleaving.Step();
        ref ConnectionEntry entry = ref _entries[index];
        ConnectionState state = new(Volatile.Read(ref entry.StateWord));

        // A look without the lock spares the live ones; what it finds is judged again under the lock.
        if (!state.IsLive || !(IsOver(entry, state, now) || (early && EndsEarly(state, now))) || !TryLock(ref entry, out state))
        {
            return false;
        }

        bool isOver = IsOver(entry, state, now);
        bool goes = isOver || (early && EndsEarly(state, now));
        if (goes)
        {
            End(entry, ref state, now, isOver);
            Release(index, state);
        }
        else
        {
            Unlock(index, state);
        }

        return goes;
    }

    // What is over was noticed late: it ended when its time ran out, or before that with its zone.
    private void End(in ConnectionEntry entry, ref ConnectionState state, long now, bool isOver)
    {
        if (!isOver)
        {
            state.Kill(ConnectionEnd.Evicted, now);
        }
        else if (_zones.Find(entry.Zone) is null && ZoneOf(entry) is { } zone && zone.RetiredAt < _timeouts.ExpiryOf(state, now))
        {
            state.Kill(ConnectionEnd.NicRemoved, zone.RetiredAt);
        }
        else
        {
            _timeouts.Expire(ref state, now);
        }
    }

    // Unreplied, half-open and closing connections: most of them are over, but nothing said so.
    private bool EndsEarly(ConnectionState state, long now) =>
        state.Rank <= ConnectionRank.Closing && state.IdleMilliseconds(now) >= _timeouts.TimeoutOf(state) / TrackingTuning.PressureDivisor;

    /// <summary>Takes everything expired out of the table, unless that was done a moment ago or another thread is at it.</summary>
    private bool TrySweep(long now)
    {
        ref long sweptAt = ref _counters[0].SweptAt;
        long last = Volatile.Read(ref sweptAt);
        if (!IsSweepDue(last, now) || Interlocked.CompareExchange(ref sweptAt, now, last) != last)
        {
            return false;
        }

        uint used = _free.Used;
        for (uint index = 0; index < used; index++)
        {
            if (!TryReap(index, now))
            {
                Enlist(index);
            }
        }

        return true;
    }

    /// <summary>Puts the connections of zones that get a quota into the lists, which newcomers join by themselves from now on.</summary>
    public void ListConnections(ImmutableArray<uint> zones)
    {
        foreach (uint zone in zones)
        {
            _zones.Find(zone)?.Lists.Use();
        }

        uint used = _free.Used;
        for (uint index = 0; index < used; index++)
        {
            Enlist(index);
        }
    }

    // A newcomer that met the change on its way may be in no list: a sweep finds it, too.
    private void Enlist(uint index)
    {
        if (_zones.Find(_entries[index].Zone) is not { Lists.IsUsed: true } || !TryLock(ref _entries[index], out ConnectionState state))
        {
            return;
        }

        // Judged again: the entry may hold a connection of another zone by now.
        if (_zones.Find(_entries[index].Zone) is { Lists.IsUsed: true } zone)
        {
            zone.Lists.Adopt(index, state.Rank);
        }

        Unlock(index, state);
    }

    // One sweep serves all zones: however many are at their quota, the table is not swept more often.
    private bool IsSweepDue(long last, long now) =>
        Math.Abs(now - last) >= Math.Min(TrackingTuning.MaxSweepMilliseconds, 1 + (_free.Used / TrackingTuning.SweptEntriesPerMillisecond));
}
