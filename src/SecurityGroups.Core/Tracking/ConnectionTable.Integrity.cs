namespace SecurityGroups.Tracking;

// The invariants, for soak tests; only while nothing else runs.
internal sealed partial class ConnectionTable
{
    /// <summary>What is wrong with the table, or null: every live entry is in the index exactly once, counts and tags agree, no lock is held.</summary>
    public string? FindDamage()
    {
        Dictionary<uint, uint> places = [];
        for (uint bucket = 0; bucket < _buckets.Length; bucket++)
        {
            for (int slot = 0; slot < Bucket.Slots; slot++)
            {
                if (_buckets[bucket].TagAt(slot) != 0 && !places.TryAdd(_buckets[bucket].IndexAt(slot), bucket))
                {
                    return $"entry {_buckets[bucket].IndexAt(slot)} is in the index twice";
                }
            }
        }

        return FindDamagedEntry(places) ?? FindDamagedSpill(places) ?? FindDamagedCount(places);
    }

    private string? FindDamagedEntry(Dictionary<uint, uint> places)
    {
        HashSet<(UInt128, UInt128, ulong, uint)> keys = [];
        foreach ((uint index, uint bucket) in places)
        {
            ConnectionEntry entry = _entries[index];
            FlowKey key = KeyOf(index);
            uint distance = bucket - Home(Hash(key));
            if (!new ConnectionState(entry.StateWord).IsLive || new ConnectionState(entry.StateWord).IsLocked)
            {
                return $"entry {index} is in the index but dead or locked";
            }

            if (distance > TrackingTuning.MaxSpill || !keys.Add((key.Local, key.Remote, key.Ends, key.VlanAndProtocol)))
            {
                return $"entry {index} is in a bucket of others or its key is there twice";
            }

            if (!TryAcquire(key, Hash(key), out uint found, out ConnectionState state))
            {
                return $"entry {index} cannot be found";
            }

            Unlock(found, state);
        }

        return null;
    }

    private string? FindDamagedSpill(Dictionary<uint, uint> places)
    {
        ulong[] spilled = new ulong[_mask + 1];
        foreach ((uint index, uint bucket) in places)
        {
            uint home = Home(Hash(KeyOf(index)));
            if (bucket != home)
            {
                spilled[home] += 1UL << (int)(8 * (bucket - home));
            }
        }

        for (uint home = 0; home <= _mask; home++)
        {
            if (spilled[home] != _buckets[home].Spilled)
            {
                return $"bucket {home} counts its spilled connections wrongly";
            }
        }

        return null;
    }

    private string? FindDamagedCount(Dictionary<uint, uint> places)
    {
        int indexed = places.Count;
        long free = _free.CountReturned() + (Capacity - Used);
        return indexed != Count || indexed + free != Capacity ? $"{indexed} connections in the index, {Count} counted, {free} entries free of {Capacity}"
            : FindDamagedRoom("the table", rank => _counters[0].Room.Of(rank), Count, places.Keys)
                ?? places.Keys.GroupBy(index => _entries[index].Zone).Select(FindDamagedZone).FirstOrDefault(damage => damage is not null);
    }

    private string? FindDamagedZone(IGrouping<uint, uint> members)
    {
        if (_zones.FindOfConnection(members.Key) is not { } zone)
        {
            return $"zone {members.Key} was let go with {members.Count()} connections";
        }

        uint? misplaced = members.Select(index => (uint?)index).FirstOrDefault(index => !zone.Lists.AgreesOn(index!.Value, new ConnectionState(_entries[index.Value].StateWord).Rank));
        return FindDamagedRoom($"zone {members.Key}", zone.Of, zone.Connections, members)
            ?? (misplaced is null ? null : $"entry {misplaced} is in the list of another rank")
            ?? zone.Lists.FindDamage([.. members]);
    }

    private string? FindDamagedRoom(string where, Func<ConnectionRank, int> of, int all, IEnumerable<uint> members)
    {
        ConnectionRank[] ranks = [.. members.Select(index => new ConnectionState(_entries[index].StateWord).Rank)];
        (int Unreplied, int HalfOpen, int All) counted = (of(ConnectionRank.Unreplied), of(ConnectionRank.HalfOpen), all);
        (int, int, int) found = (ranks.Count(rank => rank == ConnectionRank.Unreplied), ranks.Count(rank => rank == ConnectionRank.HalfOpen), ranks.Length);
        return found == counted ? null : $"{where} counts {counted} unreplied, half-open and all, but has {found}";
    }
}
