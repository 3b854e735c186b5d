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

        bool isPressed = IsPressed;
        HashSet<uint> leaving = [];
        if (TryAcquire(key, hash, out uint own, out ConnectionState state))
        {
            Release(own, state);
            leaving.Add(own);
        }

        AddLeaving(leaving, now, HandSteps, isPressed);
        InsertResult result = maxInZone == 0 ? InsertResult.Inserted : ForetellInZone(zone, rank, leaving, now, _shares.Of(maxInZone));
        return result == InsertResult.Inserted ? ForetellInTable(rank, leaving, now) : result;
    }

    // The same steps as MakeRoomInZone; who would be evicted leaves as well.
    private InsertResult ForetellInZone(Zone zone, ConnectionRank rank, HashSet<uint> leaving, long now, in RoomLimits limits)
    {
        bool isSwept = false;
        if (CountStaying(leaving, zone, null) >= limits.Connections && !ForetellShrink(zone, leaving, now, limits.Connections, ref isSwept))
        {
            return InsertResult.ZoneFull;
        }

        int limit = limits.Of(rank);
        return CountStaying(leaving, zone, rank) < limit || LeavesZone(zone, rank, leaving, now, limit, ref isSwept)
            ? InsertResult.Inserted
            : NoRoomFor(rank, InsertResult.ZoneFull);
    }

    private bool ForetellShrink(Zone zone, HashSet<uint> leaving, long now, int limit, ref bool isSwept)
    {
        if (!LeavesZone(zone, null, leaving, now, limit, ref isSwept))
        {
            return false;
        }

        if (CountStaying(leaving, zone, null) >= limit)
        {
            LeavesZone(zone, null, leaving, now, limit, ref isSwept);
        }

        return true;
    }

    // One that is listed; else the hand at the quota, then a sweep, after which all are listed.
    private bool LeavesZone(Zone zone, ConnectionRank? rank, HashSet<uint> leaving, long now, int limit, ref bool isSwept)
    {
        if (isSwept || LeavesListed(zone, rank, leaving, now))
        {
            return !isSwept || LeavesUnlisted(zone, rank, leaving, now);
        }

        AddLeaving(leaving, now, HandSteps + TrackingTuning.HandStepsAtQuota, isEarly: false);
        isSwept = CountStaying(leaving, zone, rank) >= limit && IsSweepDue(Volatile.Read(ref _counters[0].SweptAt), now);
        if (isSwept)
        {
            AddLeaving(leaving, now, _free.Used, isEarly: false);
        }

        return CountStaying(leaving, zone, rank) < limit || (isSwept && LeavesUnlisted(zone, rank, leaving, now));
    }

    private InsertResult ForetellInTable(ConnectionRank rank, HashSet<uint> leaving, long now)
    {
        if (CountStaying(leaving, null, rank) >= _limits.Of(rank) && !LeavesDrawn(rank, leaving, now))
        {
            return NoRoomFor(rank, InsertResult.Full);
        }

        return CountStaying(leaving, null, null) < Capacity || LeavesDrawn(null, leaving, now) ? InsertResult.Inserted : InsertResult.Full;
    }

    private int CountStaying(HashSet<uint> leaving, Zone? zone, ConnectionRank? rank)
    {
        Occupancy room = zone is null ? _counters[0].Room : zone.Room;
        return (rank is { } one ? room.Of(one) : zone?.Connections ?? room.Connections)
            - leaving.Count(index => (zone is null || _zones.FindOfConnection(_entries[index].Zone) == zone) && (rank is null || Peek(index).Rank == rank));
    }

    private bool LeavesListed(Zone zone, ConnectionRank? only, HashSet<uint> leaving, long now)
    {
        for (ConnectionRank rank = only ?? ConnectionRank.Unreplied; rank <= (only ?? ConnectionRank.Tombstone); rank++)
        {
            uint[] oldest = new uint[TrackingTuning.ListedSample + leaving.Count];
            int count = zone.Lists.CopyOldest(rank, oldest);
            uint[] staying = [.. oldest.Take(count).Where(index => !leaving.Contains(index)).Take(TrackingTuning.ListedSample)];
            if (Leaves(Choose(staying, rank, now), leaving))
            {
                return true;
            }
        }

        return false;
    }

    // What a sweep would put into the lists.
    private bool LeavesUnlisted(Zone zone, ConnectionRank? only, HashSet<uint> leaving, long now)
    {
        Victim victim = Victim.None;
        for (uint index = 0; index < _free.Used; index++)
        {
            if (!leaving.Contains(index) && _zones.Find(_entries[index].Zone) == zone)
            {
                Consider(index, only, now, ref victim);
            }
        }

        return Leaves(victim, leaving);
    }

    private bool LeavesDrawn(ConnectionRank? only, HashSet<uint> leaving, long now) => Leaves(Draw(only, now, Volatile.Read(ref _counters[0].Drawn), leaving), leaving);

    private static bool Leaves(in Victim victim, HashSet<uint> leaving) => !victim.IsNone && leaving.Add(victim.Index);

    private void AddLeaving(HashSet<uint> leaving, long now, uint steps, bool isEarly)
    {
        uint used = _free.Used;
        for (uint i = 0; i < Math.Min(used, steps); i++)
        {
            uint index = (Volatile.Read(ref _counters[0].Hand) + i) % used;
            ConnectionState state = Peek(index);
            if (state.IsLive && (IsOver(_entries[index], state, now) || (isEarly && EndsEarly(state, now))))
            {
                leaving.Add(index);
            }
        }
    }

    private ConnectionState Peek(uint index) => new(Volatile.Read(ref _entries[index].StateWord));
}
