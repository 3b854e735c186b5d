namespace SecurityGroups.Tracking;

// Making room: the clock hand that every insert moves a little, and what is done when that does not suffice.
internal sealed partial class ConnectionTable
{
    /// <summary>
    /// Whether the hand has gone over the whole table at this very time, so that a newcomer need not search it again. Times are compared by
    /// the millisecond; threads that disturb each other here cost a search, or a refusal within that millisecond.
    /// </summary>
    public bool IsKnownFull(long now) =>
        Volatile.Read(ref _counters[0].SearchedAt) == now && Volatile.Read(ref _counters[0].Searched) >= (uint)Capacity;

    /// <summary>What was known about room holds no longer: a zone was closed.</summary>
    public void ForgetSearch() => Volatile.Write(ref _counters[0].Searched, 0);

    /// <summary>Moves the clock hand over some entries and removes what expired or belongs to a retired zone. Returns how many went.</summary>
    public int Reclaim(long now, int budget)
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
            if (TryReap(position, now))
            {
                reclaimed++;
            }

            position = position + 1 == used ? 0 : position + 1;
        }

        _entries.Prefetch(position);
        return reclaimed;
    }

    /// <summary>Whether an entry's connection is past its time, or its zone gone. Meaningful while the caller holds its lock.</summary>
    public bool IsOver(in ConnectionEntry entry, ConnectionState state, long now) =>
        _timeouts.IsExpired(state, now) || _zones.Find(entry.Zone) is null;

    private bool TryReap(uint index, long now)
    {
        ref ConnectionEntry entry = ref _entries[index];
        ConnectionState state = new(Volatile.Read(ref entry.StateWord));

        // A look without the lock spares the live ones; what it finds is judged again under the lock.
        if (!state.IsLive || !IsOver(entry, state, now) || !TryLock(ref entry, out state))
        {
            return false;
        }

        bool isOver = IsOver(entry, state, now);
        if (isOver)
        {
            End(entry, ref state, now);
        }

        Release(index, state);
        return isOver;
    }

    // Noticed late: it ended when its time ran out, or before that with its zone.
    private void End(in ConnectionEntry entry, ref ConnectionState state, long now)
    {
        if (_zones.Find(entry.Zone) is null && _zones.FindOfConnection(entry.Zone) is { } zone && zone.RetiredAt < _timeouts.ExpiryOf(state, now))
        {
            state.Kill(ConnectionEnd.NicRemoved, zone.RetiredAt);
            return;
        }

        _timeouts.Expire(ref state, now);
    }

    private bool TryCount(uint number, Zone zone, int max, long now)
    {
        if (TryAdd(number, zone, max))
        {
            return true;
        }

        // The count includes what expired unnoticed.
        Reclaim(now, TrackingTuning.HandStepsAtQuota);
        return TryAdd(number, zone, max) || (TrySweep(now) && TryAdd(number, zone, max));
    }

    private bool TryAdd(uint number, Zone zone, int max)
    {
        bool isAdded = zone.TryAdd(max);
        if (!isAdded)
        {
            _zones.Leave(number, zone);
        }

        return isAdded;
    }

    private bool TryTakeEntry(long now, out uint index)
    {
        if (_free.TryTake(out index))
        {
            return true;
        }

        if (IsKnownFull(now))
        {
            return false;
        }

        Reclaim(now, TrackingTuning.HandStepsWhenFull);
        NoteSearch(now, TrackingTuning.HandStepsWhenFull);
        return _free.TryTake(out index);
    }

    private void NoteSearch(long now, uint steps)
    {
        ref TableCounters counters = ref _counters[0];
        uint before = Volatile.Read(ref counters.SearchedAt) == now ? Volatile.Read(ref counters.Searched) : 0;
        Volatile.Write(ref counters.SearchedAt, now);
        Volatile.Write(ref counters.Searched, Math.Min(before, (uint)Capacity) + steps);
    }

    // What is put in at an earlier time may have expired when the clock comes back to the time of the search.
    private void ForgetSearchIfBefore(long now)
    {
        if (now < Volatile.Read(ref _counters[0].SearchedAt))
        {
            ForgetSearch();
        }
    }

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
            TryReap(index, now);
        }

        return true;
    }

    // One sweep serves all zones: however many are at their quota, the table is not swept more often.
    private bool IsSweepDue(long last, long now) =>
        Math.Abs(now - last) >= Math.Min(TrackingTuning.MaxSweepMilliseconds, 1 + (_free.Used / TrackingTuning.SweptEntriesPerMillisecond));
}
