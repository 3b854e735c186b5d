using System.Runtime.CompilerServices;

namespace SecurityGroups.Tracking;

// Insert, remove.
internal sealed partial class ConnectionTable
{
    /// <summary>
    /// Adds a connection: <paramref name="entry"/> is copied, then <paramref name="state"/> makes it live. Expired connections on the way are
    /// reclaimed; where there is no room, one that is worth less goes. <paramref name="maxInZone"/> 0 = no quota; <paramref name="opening"/> goes to
    /// the watch.
    /// </summary>
    public InsertResult TryInsert(
        in FlowKey key, ulong hash, in ConnectionEntry entry, ConnectionState state, long now, int maxInZone, in Opening opening = default) =>
        ExistsOr(TryInsertNew(key, hash, entry, state, now, maxInZone, opening), key, hash, now);

    // Room is sought before the key is: who took the last of it may have been another packet of the same connection.
    private InsertResult ExistsOr(InsertResult result, in FlowKey key, ulong hash, long now) =>
        result is InsertResult.Full or InsertResult.ZoneFull or InsertResult.HalfOpenFull && IsThere(key, hash, now) ? InsertResult.Exists : result;

    private bool IsThere(in FlowKey key, ulong hash, long now)
    {
        if (!TryAcquire(key, hash, out uint index, out ConnectionState state))
        {
            return false;
        }

        bool isOver = IsOver(_entries[index], state, now);
        Unlock(index, state);
        return !isOver;
    }

    private InsertResult TryInsertNew(
        in FlowKey key, ulong hash, in ConnectionEntry entry, ConnectionState state, long now, int maxInZone, in Opening opening)
    {
        MoveHand(now);
        Zone? zone = _zones.Find(key.Zone);
        if (zone is null)
        {
            return InsertResult.ZoneRetired;
        }

        InsertResult result = TryReserve(zone, state.Rank, now, maxInZone);
        if (result == InsertResult.Inserted)
        {
            result = TryTakeEntry(now, out uint index) ? TryInsertEntry(key, hash, entry, state, now, index, zone, isRestored: false, opening) : InsertResult.Full;
        }

        if (result != InsertResult.Inserted)
        {
            CountOut(key.Zone, zone, state.Rank);
        }

        return result;
    }

    private InsertResult TryInsertEntry(
        in FlowKey key, ulong hash, in ConnectionEntry entry, ConnectionState state, long now, uint index, Zone zone, bool isRestored, in Opening opening)
    {
        Fill(index, key, entry);
        _watch?.SetTraffic(index, opening.Traffic);
        if (zone.Lists.IsUsed)
        {
            zone.Lists.Put(index, state.Rank, asOldest: isRestored);
        }

        // Nothing is evicted for what comes back.
        int evictions = isRestored ? TrackingTuning.MaxEvictions : 0;
        InsertResult result = TryPublish(key, hash, index, state, out uint other);
        while (MakesWay(result, other, hash, now, ref evictions))
        {
            result = TryPublish(key, hash, index, state, out other);
        }

        if (result == InsertResult.Inserted)
        {
            Reveal(index, key, state, now, opening.Decision);
        }
        else
        {
            zone.Lists.Remove(index);
            _free.Return(index);
        }

        return result;
    }

    // What is in the way may be over, or give way; taking it out needs the locks that were just given back.
    private bool MakesWay(InsertResult result, uint other, ulong hash, long now, ref int evictions) => result switch
    {
        InsertResult.Exists => TryReap(other, now),
        InsertResult.Full => evictions++ < TrackingTuning.MaxEvictions && TryEvictNear(Home(hash), now),
        _ => false,
    };

    private InsertResult TryPublish(in FlowKey key, ulong hash, uint index, ConnectionState state, out uint other)
    {
        ref Bucket home = ref _buckets[Home(hash)];
        home.Lock();
        InsertResult result = TryFind(key, hash, out other) ? InsertResult.Exists
            : TryPlace(hash, index, Hidden(state)) ? InsertResult.Inserted : InsertResult.Full;
        home.Unlock();
        return result;
    }

    // Locked until its start is told: nobody may tell of its end before.
    private ConnectionState Hidden(ConnectionState state) => _watch is { Tells: true } ? new ConnectionState(state.Bits | ConnectionState.LockBit) : state;

    // A tombstone that is restored ended before: nothing is told of it.
    private void Reveal(uint index, in FlowKey key, ConnectionState state, long now, Decision decision)
    {
        if (_watch is { Tells: true } watch)
        {
            if (!state.IsRevoked)
            {
                watch.TellStart(key, state, now, decision);
            }

            Interleaving.Step();
            Volatile.Write(ref _entries[index].StateWord, state.Bits);
        }
    }

    private void Fill(uint index, in FlowKey key, in ConnectionEntry entry)
    {
        // The entry is ours; late readers of its former life see that it is not live and turn away.
        ref ConnectionEntry target = ref _entries[index];
        System.Diagnostics.Debug.Assert(!new ConnectionState(target.StateWord).IsLive && entry.StateWord == 0, "a free entry is not live");
        Interleaving.Step();
        target = entry;
        if (key.IsIPv6)
        {
            Interleaving.Step();
            _addresses[index] = new AddressPair { Local = key.Local, Remote = key.Remote };
        }
    }

    // Under the home lock no connection of this home can be added or taken out, so keys in its slots stand still. Without it those stand still
    // that stay.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryFind(in FlowKey key, ulong hash, out uint index)
    {
        uint home = Home(hash);
        if (TryFindIn(home, key, Tag(hash), out index))
        {
            return true;
        }

        Interleaving.Step();
        ulong spilled = Volatile.Read(ref _buckets[home].Spilled);
        return spilled != 0 && TryFindSpilled(home, spilled, key, Tag(hash), out index);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryFindSpilled(uint home, ulong spilled, in FlowKey key, ushort tag, out uint index)
    {
        for (uint distance = 1; distance <= TrackingTuning.MaxSpill; distance++)
        {
            if ((byte)(spilled >> (int)(8 * distance)) != 0 && TryFindIn(home + distance, key, tag, out index))
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
            if (HasKey(_entries[index], index, key) && new ConnectionState(Volatile.Read(ref _entries[index].StateWord)).IsLive)
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
                Interleaving.Step();
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

        Interleaving.Step();
        Volatile.Write(ref _entries[index].StateWord, state.Bits);
        bucket.Fill(System.Numerics.BitOperations.TrailingZeroCount(empty), Tag(hash), index);
        return true;
    }

    /// <summary>The rank changed, or the connection ended: counted here, with the entry locked, so that the counts are exact.</summary>
    private void ReleaseChanged(uint index, ConnectionState before, ConnectionState after)
    {
        ref ConnectionEntry entry = ref _entries[index];
        Zone zone = ZoneOf(entry);
        if (!after.IsLive)
        {
            // Told while the entry is still locked: the next connection of this key begins after that. A tombstone's end was told before.
            if (_watch is { Tells: true } watch && !after.IsRevoked)
            {
                watch.TellEnd(index, KeyOf(index), before, after.End, after.Time);
            }

            Interleaving.Step();
            Volatile.Write(ref entry.StateWord, 0);
            CountEnd(zone, after.End);
            TakeOut(index, zone, before.Rank);
            return;
        }

        if (before.Rank != after.Rank)
        {
            _counters[0].Room.Move(before.Rank, after.Rank);
            zone.Move(before.Rank, after.Rank);
            if (zone.Lists.IsUsed)
            {
                zone.Lists.Put(index, after.Rank);
            }
        }

        Interleaving.Step();
        Volatile.Write(ref entry.StateWord, after.Bits);
    }

    private Zone ZoneOf(in ConnectionEntry entry)
    {
        Zone? zone = _zones.FindOfConnection(entry.Zone);
        System.Diagnostics.Debug.Assert(zone is not null, "a zone is kept while it has connections");
        return zone;
    }

    private void CountEnd(Zone zone, ConnectionEnd end)
    {
        if (end == ConnectionEnd.Evicted)
        {
            Interlocked.Increment(ref _counters[0].Evicted);
            zone.CountEvicted();
        }
    }

    // Only the thread that killed the entry comes here, so its key is still in place and nobody else frees it.
    private void TakeOut(uint index, Zone zone, ConnectionRank rank)
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
        zone.Lists.Remove(index);
        CountOut(_entries[index].Zone, zone, rank);
        _free.Return(index);
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
                Interleaving.Step();
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
