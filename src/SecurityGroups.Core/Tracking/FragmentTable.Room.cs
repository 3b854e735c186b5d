namespace SecurityGroups.Tracking;

/// <content>Taking entries and giving them back; shares and expiry.</content>
internal sealed partial class FragmentTable
{
    // A sweep of 1,024 entries takes some 20 microseconds, so 2 % of one processor go into it while a flood lasts.
    private const int SweptEntriesPerMillisecond = 1024;

    private readonly int _sweepMilliseconds;
    private long _nextSweep = long.MinValue;
    private int _isSweeping;

    /// <summary>Says what is wrong with the table, or null; only while nothing else runs.</summary>
    public string? FindDamage()
    {
        int chained = 0;
        for (uint i = 0; i < _buckets.Length; i++)
        {
            for (uint next = _buckets[i].First; next != 0; next = _entries[next - 1].Next)
            {
                ref FragmentEntry entry = ref _entries[next - 1];
                if (entry.State == FragmentState.Free || entry.Bucket != i || BucketOf(entry.Key) != i || ++chained > Capacity)
                {
                    return $"entry {next - 1} in bucket {i} is {entry.State} and belongs to bucket {entry.Bucket}";
                }
            }
        }

        int free = _free.Count();
        return chained == _count && chained + free == Capacity ? null : $"{chained} chained, {free} free, {_count} counted of {Capacity}";
    }

    // An even share, or a sixteenth; a NIC that was removed meanwhile is not counted any more.
    private int Share => Math.Max(1, Capacity / Math.Clamp(_zones.Count, 1, MostShares));

    private uint TryOpen(uint bucketIndex, in FragmentKey key, long now)
    {
        Zone? zone = _zones.Find(key.Zone);
        if (zone is not null && !zone.Fragments.TryAdd(Share))
        {
            return None;
        }

        if (!_free.TryTake(out uint index))
        {
            zone?.Fragments.Remove();
            return None;
        }

        ref FragmentEntry entry = ref _entries[index];
        uint generation = entry.Generation;
        entry = new FragmentEntry { Key = key, CreatedMilliseconds = now, Generation = generation, Bucket = bucketIndex, Next = _buckets[bucketIndex].First };
        _buckets[bucketIndex].First = index + 1;
        Interlocked.Increment(ref _count);
        return index;
    }

    private void Remove(ref FragmentBucket bucket, uint index)
    {
        ref uint link = ref bucket.First;
        while (link - 1 != index)
        {
            link = ref _entries[link - 1].Next;
        }

        Unlink(ref link, index);
    }

    private void Unlink(ref uint link, uint index)
    {
        ref FragmentEntry entry = ref _entries[index];
        link = entry.Next;
        entry.State = FragmentState.Free;
        entry.Generation++;
        _zones.Find(entry.Key.Zone)?.Fragments.Remove();
        Interlocked.Decrement(ref _count);
        _free.Return(index);
    }

    /// <summary>Whether asking for an entry once more makes sense; not to be called from within a bucket.</summary>
    private bool CanHaveRoom(uint zone, long now, bool commit) => commit ? TrySweep(now) : HasRoom(zone, now);

    private bool TrySweep(long now)
    {
        if (now < Volatile.Read(ref _nextSweep) || Interlocked.CompareExchange(ref _isSweeping, 1, 0) != 0)
        {
            return false;
        }

        // What comes from now on lives at least this long.
        long earliest = now + Math.Min(_lifetimeIPv4, _lifetimeIPv6);
        bool hasRemoved = false;
        for (int i = 0; i < _buckets.Length; i++)
        {
            hasRemoved |= Sweep(ref _buckets[i], now, ref earliest);
        }

        Volatile.Write(ref _nextSweep, Math.Max(earliest, now + _sweepMilliseconds));
        Volatile.Write(ref _isSweeping, 0);
        return hasRemoved;
    }

    private bool Sweep(ref FragmentBucket bucket, long now, ref long earliest)
    {
        if (Volatile.Read(ref bucket.First) == 0)
        {
            return false;
        }

        bucket.Enter();
        bool hasRemoved = false;
        ref uint link = ref bucket.First;
        while (link != 0)
        {
            uint index = link - 1;
            ref FragmentEntry entry = ref _entries[index];
            if (IsExpired(entry, now))
            {
                Unlink(ref link, index);
                hasRemoved = true;
            }
            else
            {
                earliest = Math.Min(earliest, entry.CreatedMilliseconds + LifetimeOf(entry.Key));
                link = ref entry.Next;
            }
        }

        bucket.Exit();
        return hasRemoved;
    }

    // What a sweep would find, without sweeping; slow, for Explain.
    private bool HasRoom(uint zone, long now)
    {
        int all = 0;
        int own = 0;
        for (int i = 0; i < _buckets.Length; i++)
        {
            _buckets[i].Enter();
            for (uint next = _buckets[i].First; next != 0; next = _entries[next - 1].Next)
            {
                ref FragmentEntry entry = ref _entries[next - 1];
                bool isAlive = !IsExpired(entry, now);
                all += isAlive ? 1 : 0;
                own += isAlive && entry.Key.Zone == zone ? 1 : 0;
            }

            _buckets[i].Exit();
        }

        return all < Capacity && (own < Share || _zones.Find(zone) is null);
    }
}
