using System.Runtime.CompilerServices;

namespace SecurityGroups.Tracking;

/// <summary>The connections: a preallocated, bounded hash table that any thread may use.</summary>
/// <remarks>
/// <para>Idea: an index of tag buckets (<see cref="Bucket"/>) over an array of entries (<see cref="ConnectionEntry"/>). A lookup costs one
/// line of the index and one entry line. Memory: 88 octets a connection, 120 with IPv6, taken at the start.</para>
/// <para>Readers find an entry without a lock, then lock that one entry through its state word, check the key again and work on it. Misses
/// lock nothing. Inserts and removals lock the home bucket and, if the connection lies elsewhere, that bucket too, in ascending order.
/// Connections never move, so a reader cannot miss one that stays.</para>
/// <para>Room: the table and each zone count their connections by rank; the count changes where the state word does, with the entry locked, so it
/// is exact. A newcomer is counted first and makes room where that exceeds a limit (ConnectionTable.Room.cs, ConnectionTable.Evict.cs).</para>
/// <para>Nobody can aim at a bucket: the hash has a secret of 128 bits. If a bucket and the seven after it are full all the same, a
/// newcomer evicts there or is denied; it costs 64 looks and hurts those 64 slots alone, so a new secret and a move of every connection
/// would gain nothing.</para>
/// <para>The short ways of plain packets look once and then work on what was sighted, without a lock where nothing but a connection's time changes
/// (ConnectionTable.See.cs).</para>
/// <para>An entry's life: free (not live) - written by its finder - live (word published) - killed (word 0, by who held its lock bit) - taken out of the
/// index by its killer alone - free. Lock order: entry locks are never held while a bucket lock is awaited; lists are locked last.</para>
/// <para>ARM64: tag and index are published and read with release and acquire, the state word by compare-and-swap; argued, not tested there.</para>
/// </remarks>
internal sealed partial class ConnectionTable
{
    private readonly FlowHash _hash;
    private readonly AlignedArray<Bucket> _buckets;
    private readonly AlignedArray<ConnectionEntry> _entries;
    private readonly AlignedArray<AddressPair> _addresses;
    private readonly AlignedArray<TcpHint> _hints;
    private readonly FreeSlots _free;
    private readonly ZoneTable _zones;
    private readonly RoomShares _shares;
    private readonly RoomLimits _limits;
    private readonly TimeoutTable _timeouts;
    private readonly uint _mask;
    private readonly ConnectionWatch? _watch;
    private readonly TableCounters[] _counters = new TableCounters[1];

    public ConnectionTable(
        int capacity, RoomShares shares, TimeoutTable timeouts, ZoneTable zones, FlowHash? hash = null, ConnectionWatch? watch = null)
    {
        _shares = shares;
        _limits = shares.Of(capacity);
        _watch = watch;
        _hash = hash ?? new FlowHash();
        _timeouts = timeouts;
        _zones = zones;
        long slots = Math.Max(Bucket.Slots, (long)capacity * TrackingTuning.SlotsPerEntry);
        uint homes = (uint)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)slots / Bucket.Slots);
        _mask = homes - 1;

        // Spare buckets at the end: the last homes spill without wrapping around.
        _buckets = new AlignedArray<Bucket>((int)homes + TrackingTuning.MaxSpill);
        _entries = new AlignedArray<ConnectionEntry>(capacity);
        _addresses = new AlignedArray<AddressPair>(capacity);
        _hints = new AlignedArray<TcpHint>(capacity);
        _free = new FreeSlots(_entries);

        // Long ago, with room for a difference to any time.
        _counters[0].SweptAt = _counters[0].DrawnInVainAt = long.MinValue / 2;
    }

    /// <summary>Connections in the table, expired ones that were not reclaimed yet included.</summary>
    public int Count => _counters[0].Room.Connections;

    /// <summary>Connections by what caps count.</summary>
    public Occupancy Room => _counters[0].Room;

    /// <summary>Connections that made room for others.</summary>
    public long Evicted => Volatile.Read(ref _counters[0].Evicted);

    /// <summary>How often the table came under pressure: 95 % full, after it was below 90 %.</summary>
    public long Pressures => Volatile.Read(ref _counters[0].Pressures);

    public int Capacity => _entries.Length;

    /// <summary>Entries above this index were never used.</summary>
    public uint Used => _free.Used;

    public ref ConnectionEntry this[uint index] => ref _entries[index];

    /// <summary>The hint of a connection whose lock the caller holds.</summary>
    public ref TcpHint Hint(uint index) => ref _hints[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(in FlowKey key) => _hash.Compute(key);

    /// <summary>Asks for the line of a hash's home ahead of its use.</summary>
    public void PrefetchBucket(ulong hash) => _buckets.Prefetch(Home(hash));

    /// <summary>
    /// Finds a live connection and locks it; the caller releases it with <see cref="Release(uint, ConnectionState)"/>, soon and without waiting for anything.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAcquire(in FlowKey key, ulong hash, out uint index, out ConnectionState state)
    {
        uint home = Home(hash);
        if (TryAcquireIn(home, key, Tag(hash), out index, out state))
        {
            return true;
        }

        Interleaving.Step();
        ulong spilled = Volatile.Read(ref _buckets[home].Spilled);
        return spilled != 0 && TryAcquireSpilled(home, spilled, key, Tag(hash), out index, out state);
    }

    /// <summary>Whether there is a live connection; locks nothing, so it may just be coming or going.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayContain(in FlowKey key, ulong hash) => TryFind(key, hash, out _);

    /// <summary>Publishes the new state of an acquired connection and unlocks it. A dead state takes it out of the table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(uint index, ConnectionState state) => Release(ref _entries[index], index, state);

    /// <summary>As above, the entry at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(ref ConnectionEntry entry, uint index, ConnectionState state)
    {
        Interleaving.Step();
        ref ulong word = ref entry.StateWord;
        if (((word ^ state.Bits) & ConnectionState.RankBits) == 0)
        {
            Volatile.Write(ref word, state.Bits);
            return;
        }

        ReleaseChanged(index, new ConnectionState(word), state);
    }

    /// <summary>Unlocks an acquired connection that stays as it is. Its time is not written: others may touch it meanwhile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Unlock(uint index, ConnectionState state) => Unlock(ref _entries[index], state);

    /// <summary>Reads the addresses of a connection whose lock the caller holds.</summary>
    public (UInt128 Local, UInt128 Remote) AddressesOf(uint index)
    {
        ref ConnectionEntry entry = ref _entries[index];
        return entry.IsIPv6
            ? (_addresses[index].Local, _addresses[index].Remote)
            : (entry.Addresses >> 32, (uint)entry.Addresses);
    }

    /// <summary>The key of a connection whose lock the caller holds.</summary>
    public FlowKey KeyOf(uint index)
    {
        ref ConnectionEntry entry = ref _entries[index];
        (UInt128 local, UInt128 remote) = AddressesOf(index);
        return new FlowKey(
            local, remote, (ushort)(entry.Ends >> 16), (ushort)entry.Ends, entry.Zone, entry.IsIPv6 ? Ethertype.IPv6 : Ethertype.IPv4,
            entry.VlanAndProtocol >> 8, (byte)entry.VlanAndProtocol);
    }

    /// <summary>Locks a live entry; false when it is not live.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryLock(ref ConnectionEntry entry, out ConnectionState state)
    {
        Interleaving.Step();
        ulong word = Volatile.Read(ref entry.StateWord);
        Interleaving.Step();
        if ((word & (ConnectionState.LiveBit | ConnectionState.LockBit)) == ConnectionState.LiveBit
            && Interlocked.CompareExchange(ref entry.StateWord, word | ConnectionState.LockBit, word) == word)
        {
            state = new ConnectionState(word);
            return true;
        }

        state = LockContended(ref entry);
        return state.IsLive;
    }

    // The state of the entry that is locked now, or of one that is not live. Returned, so that no caller has to keep it in memory.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ConnectionState LockContended(ref ConnectionEntry entry)
    {
        SpinWait spin = default;
        while (true)
        {
            ulong word = Volatile.Read(ref entry.StateWord);
            ConnectionState state = new(word);
            if (!state.IsLive
                || ((word & ConnectionState.LockBit) == 0
                    && Interlocked.CompareExchange(ref entry.StateWord, word | ConnectionState.LockBit, word) == word))
            {
                return state;
            }

            Interleaving.Spin();
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unlock(ref ConnectionEntry entry, ConnectionState state)
    {
        Interleaving.Step();
        Volatile.Write(ref entry.HighState, (uint)(state.Bits >> 32));
    }

    // Odd: 0 means an empty slot.
    private static ushort Tag(ulong hash) => (ushort)((hash >> 48) | 1);

    private uint Home(ulong hash) => (uint)hash & _mask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryAcquireIn(uint bucketIndex, in FlowKey key, ushort tag, out uint index, out ConnectionState state)
    {
        ref Bucket bucket = ref _buckets[bucketIndex];
        for (uint slots = bucket.SlotsWith(tag); slots != 0; slots &= slots - 1)
        {
            index = bucket.IndexAt(System.Numerics.BitOperations.TrailingZeroCount(slots));
            ref ConnectionEntry entry = ref _entries[index];
            if (HasKey(entry, index, key) && TryLock(ref entry, out state))
            {
                // Threads A and B: A compared the key, B removed the connection and put another one into its entry, A locked that one.
                if (HasKey(entry, index, key))
                {
                    return true;
                }

                Unlock(ref entry, state);
            }
        }

        index = 0;
        state = default;
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAcquireSpilled(uint home, ulong spilled, in FlowKey key, ushort tag, out uint index, out ConnectionState state)
    {
        for (uint distance = 1; distance <= TrackingTuning.MaxSpill; distance++)
        {
            if ((byte)(spilled >> (int)(8 * distance)) != 0 && TryAcquireIn(home + distance, key, tag, out index, out state))
            {
                return true;
            }
        }

        index = 0;
        state = default;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool HasKey(in ConnectionEntry entry, uint index, in FlowKey key)
    {
        Interleaving.Step();
        return entry.HasKey(key) && (!key.IsIPv6 || _addresses[index].Are(key.Local, key.Remote));
    }
}
