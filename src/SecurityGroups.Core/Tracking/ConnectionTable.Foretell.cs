namespace SecurityGroups.Tracking;

// What an insert would say, for Explain.
internal sealed partial class ConnectionTable
{
    /// <summary>
    /// What <see cref="TryInsert"/> would answer now to a connection of this rank; changes nothing. A connection of the same key is on its way out and counts as
    /// gone, and so does what the clock hand, a sweep or eviction would take out on the way. Slow.
    /// </summary>
    public InsertResult Foretell(in FlowKey key, ulong hash, ConnectionRank rank, long now, int maxInZone)
    {
        if (_zones.Find(key.Zone) is not { } zone)
        {
            return InsertResult.ZoneRetired;
        }

        Foresight foresight = new();
        if (TryAcquire(key, hash, out uint own, out ConnectionState state))
        {
            Unlock(own, state);
            foresight.Leaving.Add(own);
        }

        AddHand(foresight, now, (uint)HandSteps(IsPressed), IsPressed);
        InsertResult result = maxInZone == 0 ? InsertResult.Inserted : ForetellInZone(zone, rank, foresight, now, _shares.Of(maxInZone));
        return result == InsertResult.Inserted ? ForetellInTable(rank, foresight, now) : result;
    }

    // The same steps as MakeRoomInZone; who would be evicted leaves as well.
    private InsertResult ForetellInZone(Zone zone, ConnectionRank rank, Foresight foresight, long now, in RoomLimits limits) =>
        !Shrinks(zone, null, foresight, now, limits.Connections) ? InsertResult.ZoneFull
            : Shrinks(zone, rank, foresight, now, limits.Of(rank)) ? InsertResult.Inserted
            : NoRoomFor(rank, InsertResult.ZoneFull);

    private bool Shrinks(Zone zone, ConnectionRank? rank, Foresight foresight, long now, int limit)
    {
        int paid = 0;
        for (int i = 0; i < TrackingTuning.MaxEnded && paid < 2 && CountStaying(foresight, zone, rank) >= limit; i++)
        {
            Victim victim = LeavesZone(zone, rank, foresight, now, limit);
            if (victim.IsNone)
            {
                break;
            }

            paid += victim.IsOver ? 0 : 1;
        }

        return paid > 0 || CountStaying(foresight, zone, rank) < limit || (AddSweep(foresight, now) && CountStaying(foresight, zone, rank) < limit);
    }

    // One that is listed; else the hand at the quota, then a sweep, after which all are listed.
    private Victim LeavesZone(Zone zone, ConnectionRank? rank, Foresight foresight, long now, int limit)
    {
        if (!foresight.IsSwept)
        {
            Victim listed = LeavesListed(zone, rank, foresight, now);
            if (!listed.IsNone)
            {
                return listed;
            }

            AddHand(foresight, now, TrackingTuning.HandStepsAtQuota, isEarly: false);
            if (CountStaying(foresight, zone, rank) < limit || !AddSweep(foresight, now))
            {
                return Victim.None;
            }
        }

        return CountStaying(foresight, zone, rank) >= limit ? LeavesUnlisted(zone, rank, foresight, now) : Victim.None;
    }

    private InsertResult ForetellInTable(ConnectionRank rank, Foresight foresight, long now)
    {
        if (CountStaying(foresight, null, rank) >= _limits.Of(rank) && LeavesDrawn(rank, foresight, now).IsNone)
        {
            return NoRoomFor(rank, InsertResult.Full);
        }

        return CountStaying(foresight, null, null) < Capacity || !LeavesDrawn(null, foresight, now).IsNone ? InsertResult.Inserted : InsertResult.Full;
    }

    private int CountStaying(Foresight foresight, Zone? zone, ConnectionRank? rank)
    {
        Occupancy room = _counters[0].Room;
        int count = zone is not null ? CountOf(zone, rank) : rank is { } one ? room.Of(one) : room.Connections;
        return count - foresight.Leaving.Count(
            index => (zone is null || _zones.FindOfConnection(_entries[index].Zone) == zone) && (rank is null || Peek(index).Rank == rank));
    }

    private Victim LeavesListed(Zone zone, ConnectionRank? only, Foresight foresight, long now)
    {
        Victim victim = Victim.None;
        for (ConnectionRank rank = only ?? ConnectionRank.Unreplied; victim.IsNone && rank <= (only ?? ConnectionRank.Tombstone); rank++)
        {
            uint[] oldest = new uint[TrackingTuning.ListedSample + foresight.Leaving.Count];
            int count = zone.Lists.CopyOldest(rank, oldest);
            uint[] staying = [.. oldest.Take(count).Where(index => !foresight.Leaving.Contains(index)).Take(TrackingTuning.ListedSample)];
            victim = foresight.Leave(Choose(staying, rank, now));
        }

        return victim;
    }

    // What a sweep would put into the lists.
    private Victim LeavesUnlisted(Zone zone, ConnectionRank? only, Foresight foresight, long now)
    {
        Victim victim = Victim.None;
        for (uint index = 0; index < _free.Used; index++)
        {
            if (!foresight.Leaving.Contains(index) && _zones.Find(_entries[index].Zone) == zone)
            {
                Consider(index, only, now, ref victim);
            }
        }

        return foresight.Leave(victim);
    }

    private Victim LeavesDrawn(ConnectionRank? only, Foresight foresight, long now) =>
        foresight.Leave(Draw(only, now, Volatile.Read(ref _counters[0].Drawn), foresight.Leaving));

    private bool AddSweep(Foresight foresight, long now)
    {
        bool sweeps = !foresight.IsSwept && IsSweepDue(Volatile.Read(ref _counters[0].SweptAt), now);
        if (sweeps)
        {
            foresight.IsSwept = true;
            AddHand(foresight, now, _free.Used, isEarly: false);
        }

        return sweeps;
    }

    private void AddHand(Foresight foresight, long now, uint steps, bool isEarly)
    {
        uint used = _free.Used;
        steps = Math.Min(used, steps);
        for (uint i = 0; i < steps; i++)
        {
            uint index = (Volatile.Read(ref _counters[0].Hand) + foresight.HandSteps + i) % used;
            ConnectionState state = Peek(index);
            if (state.IsLive && (IsOver(_entries[index], state, now) || (isEarly && EndsEarly(state, now))))
            {
                foresight.Leaving.Add(index);
            }
        }

        foresight.HandSteps += steps;
    }

    private ConnectionState Peek(uint index) => new(Volatile.Read(ref _entries[index].StateWord));
}
