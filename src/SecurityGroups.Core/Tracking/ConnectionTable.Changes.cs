namespace SecurityGroups.Tracking;

// Insert, remove.
internal sealed partial class ConnectionTable
{
    /// <summary>
    /// Adds a connection: <paramref name="entry"/> is copied, then <paramref name="state"/> makes it live. Expired connections on the way are
    /// reclaimed. <paramref name="maxInZone"/> 0 = no quota.
    /// </summary>
    public InsertResult TryInsert(in FlowKey key, ulong hash, in ConnectionEntry entry, ConnectionState state, long now, int maxInZone)
    {
        ForgetSearchIfBefore(now);
        Reclaim(now, TrackingTuning.HandSteps);
        Zone? zone = _zones.Find(key.Zone);
        if (zone is null)
        {
            return InsertResult.ZoneRetired;
        }

        // Counted before it can be found: whoever finds and removes it subtracts.
        if (!TryCount(key.Zone, zone, maxInZone, now))
        {
            return zone.IsRetired ? InsertResult.ZoneRetired : InsertResult.ZoneFull;
        }

        InsertResult result = TryTakeEntry(now, out uint index) ? TryInsertEntry(key, hash, entry, state, now, index) : InsertResult.Full;
        if (result != InsertResult.Inserted)
        {
            _zones.Leave(key.Zone, zone);
        }

        return result;
    }

    private InsertResult TryInsertEntry(in FlowKey key, ulong hash, in ConnectionEntry entry, ConnectionState state, long now, uint index)
    {
        Fill(index, key, entry);
        InsertResult result = InsertResult.Exists;
        while (true)
        {
            ref Bucket home = ref _buckets[Home(hash)];
            home.Lock();
            if (!TryFindUnderLock(key, hash, out uint other))
            {
                result = TryPlace(hash, index, state) ? InsertResult.Inserted : InsertResult.Full;
            }

            home.Unlock();

            // An expired connection of the same key makes room; removing it needs the locks we just gave back.
            if (result != InsertResult.Exists || !TryReap(other, now))
            {
                break;
            }
        }

        if (result == InsertResult.Inserted)
        {
            Interlocked.Increment(ref _counters[0].Connections);
        }
        else
        {
            _free.Return(index);
        }

        return result;
    }

    private void Fill(uint index, in FlowKey key, in ConnectionEntry entry)
    {
        // The entry is ours; late readers of its former life see state word 0 and turn away.
        ref ConnectionEntry target = ref _entries[index];
        System.Diagnostics.Debug.Assert(target.StateWord == 0 && entry.StateWord == 0, "a free entry has state word 0");
        target = entry;
        if (key.IsIPv6)
        {
            _addresses[index] = new AddressPair { Local = key.Local, Remote = key.Remote };
        }
    }

    // Under the home lock no connection of this home can be added or taken out, so keys in its slots stand still.
    private bool TryFindUnderLock(in FlowKey key, ulong hash, out uint index)
    {
        uint home = Home(hash);
        ulong spilled = _buckets[home].Spilled;
        for (uint distance = 0; distance <= TrackingTuning.MaxSpill; distance++)
        {
            if ((distance == 0 || (byte)(spilled >> (int)(8 * distance)) != 0) && TryFindIn(home + distance, key, Tag(hash), out index))
            {
                return true;
            }
        }

        index = 0;
        return false;
    }

    private bool TryFindIn(uint bucketIndex, in FlowKey key, ushort tag, out uint index)
    {
        ref Bucket bucket = ref _buckets[bucketIndex];
        for (uint slots = bucket.SlotsWith(tag); slots != 0; slots &= slots - 1)
        {
            index = bucket.IndexAt(System.Numerics.BitOperations.TrailingZeroCount(slots));
            if (HasKey(index, key) && new ConnectionState(Volatile.Read(ref _entries[index].StateWord)).IsLive)
            {
                return true;
            }
        }

        index = 0;
        return false;
    }

    // Puts an entry into a free slot of its home or of the next buckets; the caller holds the home lock.
    private bool TryPlace(ulong hash, uint index, ConnectionState state)
    {
        uint home = Home(hash);
        if (TryPlaceIn(home, hash, index, state))
        {
            return true;
        }

        for (uint distance = 1; distance <= TrackingTuning.MaxSpill; distance++)
        {
            ref Bucket bucket = ref _buckets[home + distance];
            bucket.Lock();
            bool isPlaced = TryPlaceIn(home + distance, hash, index, state);
            if (isPlaced)
            {
                ref ulong spilled = ref _buckets[home].Spilled;
                Volatile.Write(ref spilled, spilled + (1UL << (int)(8 * distance)));
            }

            bucket.Unlock();
            if (isPlaced)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryPlaceIn(uint bucketIndex, ulong hash, uint index, ConnectionState state)
    {
        ref Bucket bucket = ref _buckets[bucketIndex];
        uint empty = bucket.SlotsWith(0);
        if (empty == 0)
        {
            return false;
        }

        Volatile.Write(ref _entries[index].StateWord, state.Bits);
        bucket.Fill(System.Numerics.BitOperations.TrailingZeroCount(empty), Tag(hash), index);
        return true;
    }

    // Only the thread that killed the entry comes here, so its key is still in place and nobody else frees it.
    private void TakeOut(uint index)
    {
        ulong hash = Hash(KeyOf(index));
        uint home = Home(hash);
        ref Bucket bucket = ref _buckets[home];
        bucket.Lock();
        if (!TryClear(home, Tag(hash), index))
        {
            ClearSpilled(home, Tag(hash), index);
        }

        bucket.Unlock();
        LeaveZone(_entries[index].Zone);
        Interlocked.Decrement(ref _counters[0].Connections);
        _free.Return(index);
    }

    private void LeaveZone(uint number)
    {
        if (_zones.FindOfConnection(number) is { } zone)
        {
            _zones.Leave(number, zone);
        }
    }

    private void ClearSpilled(uint home, ushort tag, uint index)
    {
        for (uint distance = 1; distance <= TrackingTuning.MaxSpill; distance++)
        {
            ref Bucket bucket = ref _buckets[home + distance];
            bucket.Lock();
            bool isCleared = TryClear(home + distance, tag, index);
            bucket.Unlock();
            if (isCleared)
            {
                ref ulong spilled = ref _buckets[home].Spilled;
                Volatile.Write(ref spilled, spilled - (1UL << (int)(8 * distance)));
                return;
            }
        }

        System.Diagnostics.Debug.Fail("a live entry is in the index");
    }

    private bool TryClear(uint bucketIndex, ushort tag, uint index)
    {
        ref Bucket bucket = ref _buckets[bucketIndex];
        for (uint slots = bucket.SlotsWith(tag); slots != 0; slots &= slots - 1)
        {
            int slot = System.Numerics.BitOperations.TrailingZeroCount(slots);
            if (bucket.IndexAt(slot) == index)
            {
                bucket.Clear(slot);
                return true;
            }
        }

        return false;
    }
}
