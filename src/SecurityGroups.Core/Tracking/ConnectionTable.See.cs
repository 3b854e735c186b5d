using System.Numerics;
using System.Runtime.CompilerServices;

namespace SecurityGroups.Tracking;

/// <content>
/// Connections seen before they are worked on, and touched without a lock. A burst looks for all its connections first, so that their lines
/// are there when their turn comes, and what was found then is not looked for again. A packet that changes nothing but the time takes no
/// lock either: a locked instruction costs as much as the rest of such a lookup and keeps the processor from beginning the next one.
/// </content>
internal sealed partial class ConnectionTable
{
    /// <summary>For so long before the low half of the time turns, after 2^32 ms, nothing is touched: no thread is held up longer than these 17 minutes.</summary>
    private const uint TurnMilliseconds = 1 << 20;

    /// <summary>Looks where the connection of a hash may be. Of several with the same tag it is any, so that it may be another's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Sighting Look(ulong hash)
    {
        Sighting sighting = LookAt(_buckets, Home(hash), hash);
        return sighting.IsNone && _buckets[Home(hash)].HasSpilled ? LookElsewhere(hash) : sighting;
    }

    /// <summary>
    /// Hashes the keys of those flows of a burst that are tracked and looks for their connections, so that the misses of all overlap: first their
    /// buckets are asked for, then the entries that those name.
    /// </summary>
    /// <returns>A bit for each flow that has no connection, if none comes meanwhile.</returns>
    public uint LookForAll(Span<Flow> flows)
    {
        ulong ends = HashAll(flows);
        uint unknown = LookAtHome(flows, out uint spilled);
        unknown |= LookElsewhere(flows, spilled);
        if (FlowKey.IsOfIPv6(ends) || _watch is not null)
        {
            PrefetchBeside(flows);
        }

        return unknown;
    }

    // The loops that every flow goes through call nothing and have their constants in locals, so that they keep all of it in registers. All ends
    // put together tell whether any flow is of IPv6.
    private ulong HashAll(Span<Flow> flows)
    {
        if (!_hash.UsesAes)
        {
            return HashAllOtherwise(flows);
        }

        FlowHash hash = _hash;
        AlignedArray<Bucket> buckets = _buckets;
        uint mask = _mask;
        ulong ends = 0;
        foreach (ref Flow flow in flows)
        {
            if (flow.IsTracked)
            {
                ends |= flow.Key.Ends;
                ulong computed = hash.ComputeOfMany(flow.Key);
                flow.Hash = computed;
                buckets.Prefetch((uint)computed & mask);
            }
        }

        return ends;
    }

    private ulong HashAllOtherwise(Span<Flow> flows)
    {
        ulong ends = 0;
        foreach (ref Flow flow in flows)
        {
            if (flow.IsTracked)
            {
                ends |= flow.Key.Ends;
                flow.Hash = _hash.Compute(flow.Key);
                PrefetchBucket(flow.Hash);
            }
        }

        return ends;
    }

    // A bit for each flow that has no connection, and one for each whose home has none but spilled.
    private uint LookAtHome(Span<Flow> flows, out uint spilled)
    {
        AlignedArray<Bucket> buckets = _buckets;
        AlignedArray<ConnectionEntry> entries = _entries;
        uint mask = _mask;
        uint unknown = 0;
        uint elsewhere = 0;
        for (int i = 0; i < flows.Length; i++)
        {
            ref Flow flow = ref flows[i];
            if (!flow.IsTracked)
            {
                continue;
            }

            uint home = (uint)flow.Hash & mask;
            Sighting sighting = LookAt(buckets, home, flow.Hash);
            if (!sighting.IsNone)
            {
                entries.Prefetch(sighting.Index);
            }
            else if (buckets[home].HasSpilled)
            {
                elsewhere |= 1u << i;
            }
            else
            {
                unknown |= 1u << i;
            }

            flow.Sighting = sighting;
        }

        spilled = elsewhere;
        return unknown;
    }

    // A bit for each of these that has no connection elsewhere either.
    private uint LookElsewhere(Span<Flow> flows, uint spilled)
    {
        uint unknown = 0;
        for (; spilled != 0; spilled &= spilled - 1)
        {
            int i = BitOperations.TrailingZeroCount(spilled);
            flows[i].Sighting = LookElsewhere(flows[i].Hash);
            if (flows[i].Sighting.IsNone)
            {
                unknown |= 1u << i;
            }
            else
            {
                _entries.Prefetch(flows[i].Sighting.Index);
            }
        }

        return unknown;
    }

    // What not every connection has beside its entry.
    private void PrefetchBeside(ReadOnlySpan<Flow> flows)
    {
        foreach (ref readonly Flow flow in flows)
        {
            if (flow.IsTracked && !flow.Sighting.IsNone)
            {
                if (flow.Key.IsIPv6)
                {
                    _addresses.Prefetch(flow.Sighting.Index);
                }

                _watch?.Prefetch(flow.Sighting.Index);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Sighting LookAt(AlignedArray<Bucket> buckets, uint place, ulong hash)
    {
        ref Bucket bucket = ref buckets[place];
        uint version = bucket.Version;
        uint slots = bucket.SlotsWith(Tag(hash));
        return slots == 0 ? Sighting.None : new Sighting(place, bucket.IndexAt(BitOperations.TrailingZeroCount(slots)), version);
    }

    /// <summary>
    /// Locks the live connection of a key at the entry where it was sighted; the caller releases it as after <see cref="TryAcquire(in FlowKey, ulong, out uint, out ConnectionState)"/>.
    /// False says nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAcquire(ref ConnectionEntry entry, uint index, in FlowKey key, out ConnectionState state)
    {
        if (!TryLock(ref entry, out state))
        {
            return false;
        }

        // Only now: under the lock the key stands still.
        if (HasKey(entry, index, key))
        {
            return true;
        }

        Unlock(ref entry, state);
        return false;
    }

    /// <summary>
    /// Reads a connection where it was sighted: its state, which says whether it lives and whether a thread works on it, and its stamp at that
    /// moment or before. False says nothing: whoever needs to know takes the lock.
    /// </summary>
    /// <remarks>
    /// An entry that a bucket names may become another connection's only after the bucket was cleared of it, which counts the bucket's
    /// version up. So what is read between two looks at an unchanged version is all of one connection, however far apart the looks are.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySee(in ConnectionEntry entry, in Sighting sighting, in FlowKey key, out ConnectionState state, out uint stamp)
    {
        if (!HasKey(entry, sighting.Index, key))
        {
            state = default;
            stamp = 0;
            return false;
        }

        // The stamp first: it only grows, so that what it says is true of the connection when its state is read.
        Interleaving.Step();
        stamp = Volatile.Read(in entry.Stamp);
        Interleaving.Step();
        state = new ConnectionState(Volatile.Read(in entry.StateWord));
        Interleaving.Step();

        // The key, too, must have been read before the version is read again.
        Volatile.ReadBarrier();
        return _buckets[sighting.Bucket].Version == sighting.Version;
    }

    /// <summary>Whether the low half of the time turns soon: then nothing is touched.</summary>
    public static bool IsTimeTurning(long now) => (uint)now >= uint.MaxValue - TurnMilliseconds;

    /// <summary>
    /// Restarts the timer of a connection that was seen in a state that <see cref="ConnectionState.TakesLowTimeOnly"/> and seen last no later
    /// than <paramref name="now"/>.
    /// </summary>
    /// <remarks>
    /// One store to the low half of the state word, which holds nothing but time, even where it holds that time already: where a connection
    /// has about one packet a millisecond that is anybody's guess, and a wrong guess costs the processor more than the store. Threads A and B: A
    /// saw the connection; before A's store, B touched it as well: what A stores is older by no more than A was held up. B locked it: B then
    /// publishes its own time, that of a packet as well, or leaves the low half alone (<c>Unlock</c>). B ended it: a word without the live bit
    /// stays one. B put another connection there: that gets A's time, late by as long as A was held up.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Touch(ref ConnectionEntry entry, long now)
    {
        Interleaving.Step();
        Volatile.Write(ref entry.LowTime, (uint)now);
    }

    // Where the home has none: in the buckets that it spilled to.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Sighting LookElsewhere(ulong hash)
    {
        uint home = Home(hash);
        Interleaving.Step();
        ulong spilled = Volatile.Read(ref _buckets[home].Spilled);
        for (uint distance = 1; distance <= TrackingTuning.MaxSpill; distance++)
        {
            if ((byte)(spilled >> (int)(8 * distance)) != 0 && LookAt(_buckets, home + distance, hash) is { IsNone: false } sighting)
            {
                return sighting;
            }
        }

        return Sighting.None;
    }
}
