using FsCheck.Xunit;
using SecurityGroups.Tracking;
using static SecurityGroups.Tests.Tracking.TableModel;

namespace SecurityGroups.Tests.Tracking;

public class ConnectionTableTests
{
    private const int Capacity = 96;

    [Property(MaxTest = 300)]
    public void Table_AgainstADictionary_FindsTheSame((byte What, byte Key, ushort Wait)[] steps, bool useAes)
    {
        TableModel model = new(Capacity, useAes);
        foreach ((byte what, byte key, ushort wait) in steps)
        {
            model.Step(what, key, wait / 4);
        }

        model.CheckAll();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(65_536)]
    public void Table_FilledAndEmptied_HoldsItsCapacityAndLosesNothing(int capacity)
    {
        (ConnectionTable table, uint zone) = NewTable(capacity, FlowHash.IsAesSupported);
        int inserted = Enumerable.Range(0, capacity).Count(i => Insert(table, Key(i, zone), 0) == InsertResult.Inserted);

        // Eight buckets in a row may be full before the table is: a chance of one in millions, here with a fixed secret none.
        Assert.Equal(capacity, inserted);
        Assert.Equal(InsertResult.Full, Insert(table, Key(capacity, zone), 0));
        Assert.All(Enumerable.Range(0, capacity), i => Assert.True(TouchLive(table, Key(i, zone), 1)));
        Assert.All(Enumerable.Range(0, 2 * capacity), i => Assert.Equal(i < capacity, MayContain(Key(i, zone))));
        Assert.Null(table.FindDamage());
        Assert.All(Enumerable.Range(0, capacity), i => Assert.True(Remove(table, Key(i, zone), 1) && !MayContain(Key(i, zone))));
        Assert.Equal(0, table.Count);
        Assert.Null(table.FindDamage());

        bool MayContain(FlowKey key) => table.MayContain(key, table.Hash(key));
    }

    [Fact]
    public void Clock_GoingBack_ExpiresNothing()
    {
        (ConnectionTable table, uint zone) = NewTable(Capacity, FlowHash.IsAesSupported);
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(InsertResult.Inserted, Insert(table, Key(i, zone), 5_000_000)));
        Assert.Equal(0, table.Reclaim(1_000_000, 1000));
        Assert.All(Enumerable.Range(0, 50), i => Assert.True(TouchLive(table, Key(i, zone), 1_000_000)));
        Assert.Equal(50, table.Reclaim(5_030_000, 1000));
    }

    [Fact]
    public void Clock_WrappingAround_ExpiresNothing()
    {
        const long Wrap = 1L << 40;
        (ConnectionTable table, uint zone) = NewTable(Capacity, FlowHash.IsAesSupported);
        Insert(table, Key(1, zone), Wrap - 10_000);
        Assert.True(TouchLive(table, Key(1, zone), Wrap + 10_000));
        Assert.Equal(0, table.Reclaim(Wrap + 39_999, 1000));
        Assert.Equal(1, table.Reclaim(Wrap + 40_000, 1000));
    }

    /// <summary>Eight buckets of one home: what lies in them makes way, as far as it may, and nothing else does.</summary>
    [Fact]
    public void TryInsert_WhereTheHomeAndAllItSpillsToAreFull_EvictsThereOrIsRefused()
    {
        (ConnectionTable table, uint zone) = NewTable(4096, useAes: false);
        ulong home = table.Hash(Key(0, zone)) & 1023;
        FlowKey[] keys = [.. Enumerable.Range(0, int.MaxValue).Select(i => Key(i, zone)).Where(key => (table.Hash(key) & 1023) == home).Take(100)];
        FlowKey[] others = [.. Enumerable.Range(0, 1_000).Select(i => Key(i, zone)).Where(key => ((table.Hash(key) - home) & 1023) > TrackingTuning.MaxSpill)];
        Assert.All(others, key => Assert.Equal(InsertResult.Inserted, InsertOf(ConnectionClass.UdpUnreplied, key, 0)));
        int inserted = keys.Count(key => InsertOf(ConnectionClass.Established, key, 0) == InsertResult.Inserted);
        FlowKey[] there = keys[..inserted];
        Assert.Equal((64, 0L, others.Length + 64), (inserted, table.Evicted, table.Count));
        Assert.All(there, key => Assert.True(TouchLive(table, key, 1)));
        Assert.All(there, key => Assert.Equal(InsertResult.Exists, InsertOf(ConnectionClass.Established, key, 1)));

        // Though there is room again, nearer to home.
        Assert.True(Remove(table, there[0], 1));
        Assert.All(there[1..], key => Assert.Equal(InsertResult.Exists, InsertOf(ConnectionClass.Established, key, 1)));
        Assert.Equal(InsertResult.Inserted, InsertOf(ConnectionClass.Established, there[0], 1));

        // Of three that may go, in the first bucket, the third and the last, the oldest goes.
        (int Number, long Seen)[] datagrams = [(60, 3), (20, 4), (7, 5)];
        foreach ((int number, long seen) in datagrams)
        {
            Assert.True(Remove(table, there[number], 5));
            Assert.Equal(InsertResult.Inserted, InsertOf(ConnectionClass.UdpUnreplied, there[number], seen));
        }

        ConnectionState restored = ConnectionState.Create(ConnectionClass.Established, Direction.Egress, 6);
        Assert.Equal(InsertResult.Full, table.TryRestore(keys[^1], table.Hash(keys[^1]), new ConnectionEntry(keys[^1]), default, restored, 6, 0));
        for (int i = 0; i < datagrams.Length; i++)
        {
            Assert.Equal(InsertResult.Inserted, InsertOf(ConnectionClass.Established, keys[^(i + 1)], 6));
            Assert.Equal(i + 1, table.Evicted);
            Assert.All(datagrams, datagram => Assert.Equal(Array.IndexOf(datagrams, datagram) > i, IsThere(table, there[datagram.Number])));
        }

        Assert.Equal(InsertResult.Full, InsertOf(ConnectionClass.Established, keys[^4], 6));
        Assert.All(others, key => Assert.True(TouchLive(table, key, 6)));
        Assert.Null(table.FindDamage());

        InsertResult InsertOf(ConnectionClass kind, in FlowKey key, long now)
        {
            ConnectionState state = ConnectionState.Create(kind, Direction.Egress, now);
            state.IsAssured = kind == ConnectionClass.Established;
            return table.TryInsert(key, table.Hash(key), new ConnectionEntry(key), state, now, 0);
        }
    }

    [Fact]
    public void Reclaim_GoesOnWhereItStopped()
    {
        (ConnectionTable table, uint zone) = NewTable(Capacity, useAes: false);
        Assert.Equal(0, table.Reclaim(0, 1));
        Assert.Equal(InsertResult.Inserted, Insert(table, Key(0, zone), 0));
        Assert.All(Enumerable.Range(1, 9), i => Assert.Equal(InsertResult.Inserted, Insert(table, Key(i, zone), 0)));

        // The hand passed 0, 1, 2, 3 and six times 4 entries: it stands at the first one again.
        int[] steps = [3, 2, 4, 1];
        int gone = 0;
        foreach (int step in steps)
        {
            Assert.Equal(step, table.Reclaim(60_000, step));
            gone += step;
            Assert.All(Enumerable.Range(0, 10), i => Assert.Equal(i >= gone, IsThere(table, Key(i, zone))));
        }
    }

    /// <summary>Forty datagrams or fewer, past a quarter of their time or all of it: a newcomer moves the hand over 4, from 38 of 40 on over 16.</summary>
    [Theory]
    [InlineData(37, 30_000, 4)]
    [InlineData(38, 30_000, 16)]
    [InlineData(37, 7_500, 0)]
    [InlineData(38, 7_500, 16)]
    [InlineData(38, 7_499, 0)]
    public void TryInsert_MovesTheHand_UnderPressureFurther(int count, long now, int gone)
    {
        (ConnectionTable table, uint zone) = NewTable(40, useAes: false);
        InsertResult InsertAt(int number, long now)
        {
            FlowKey key = Key(number, zone);
            return table.TryInsert(key, table.Hash(key), new ConnectionEntry(key), ConnectionState.Create(ConnectionClass.UdpUnreplied, Direction.Egress, now), now, 0);
        }

        Assert.All(Enumerable.Range(0, count), i => Assert.Equal(InsertResult.Inserted, InsertAt(i, 0)));
        Assert.Equal(InsertResult.Inserted, InsertAt(count, now));
        Assert.Equal(count + 1 - gone, table.Count);
    }

    /// <summary>From 95 of 100 on, and again after there were less than 90.</summary>
    [Fact]
    public void Pressures_CountsHowOftenItBegan()
    {
        (ConnectionTable table, uint zone) = NewTable(100, useAes: false);
        (int Count, long Pressures)[] steps = [(94, 0), (95, 0), (96, 1), (98, 1), (90, 1), (96, 1), (89, 1), (90, 1), (95, 1), (96, 2), (98, 2)];
        int next = 0;
        Queue<FlowKey> there = [];
        foreach ((int count, long pressures) in steps)
        {
            while (there.Count > count)
            {
                Assert.True(Remove(table, there.Dequeue(), 0));
            }

            while (there.Count < count)
            {
                there.Enqueue(Key(next++, zone));
                Assert.Equal(InsertResult.Inserted, Insert(table, there.Last(), 0));
            }

            Assert.Equal((count, pressures), (table.Count, table.Pressures));
        }
    }

    [Theory]
    [InlineData((byte)ConnectionClass.UdpUnreplied, true)]
    [InlineData((byte)ConnectionClass.SynSent, true)]
    [InlineData((byte)ConnectionClass.TimeWait, true)]
    [InlineData((byte)ConnectionClass.UdpStream, false)]
    [InlineData((byte)ConnectionClass.Established, false)]
    public void Reclaim_Early_EndsAtAQuarterOfItsTimeWhatIsNotWorthMore(byte kind, bool goes)
    {
        (ConnectionTable table, uint zone) = NewTable(Capacity, useAes: false);
        ConnectionState state = ConnectionState.Create((ConnectionClass)kind, Direction.Egress, 1_000);
        state.IsAssured = state.IsReplied = true;
        long quarter = new TimeoutTable(ConnectionTimeouts.Default).TimeoutOf(state) / 4;
        FlowKey key = Key(1, zone);
        Assert.Equal(InsertResult.Inserted, table.TryInsert(key, table.Hash(key), new ConnectionEntry(key), state, 1_000, 0));
        Assert.Equal(0, table.Reclaim(1_000 + quarter - 1, 1, early: true));
        Assert.Equal(0, table.Reclaim(1_000 + quarter, 1));
        Assert.Equal(goes ? 1 : 0, table.Reclaim(1_000 + quarter, 1, early: true));
    }

    /// <summary>
    /// 8,201 entries, so a sweep is due every third millisecond, whichever zone is at its quota; before that the hand finds what has expired, if it lies
    /// no further than the 4 entries of every newcomer and the 64 of one at its quota. A live datagram stays.
    /// </summary>
    [Theory]
    [InlineData(1, 1_000, false)]
    [InlineData(2, 1_000, false)]
    [InlineData(3, 1_000, true)]
    [InlineData(2, 67, true)]
    [InlineData(2, 68, false)]
    public void ZoneAtItsQuota_WithAnExpiredConnection_HasRoomWhenTheHandOrASweepComesBy(int milliseconds, uint fromHand, bool hasRoom)
    {
        const uint Used = 8_201;
        const uint ExpiredIndex = 1;
        const long Now = 100_000_000;
        ZoneTable zones = new(16_384);
        TimeoutTable timeouts = new(ConnectionTimeouts.Default);
        ConnectionTable table = new(16_384, new RoomShares(100, 100), timeouts, zones, new FlowHash(1, useAes: false));
        (uint full, uint expired, uint other) = (zones.Register(), zones.Register(), zones.Register());
        ConnectionState state = ConnectionState.Create(ConnectionClass.Established, Direction.Egress, Now);
        state.IsAssured = state.IsReplied = true;
        ConnectionState old = state;
        old.LastSeenAt(Now + 1 - timeouts.TimeoutOf(state));
        InsertResult InsertAs(ConnectionState kind, in FlowKey key, long now, int max = 0) =>
            table.TryInsert(key, table.Hash(key), new ConnectionEntry(key), kind, now, max);

        Assert.Equal(InsertResult.Inserted, InsertAs(state, Key(0, full), Now - 10));
        Assert.Equal(InsertResult.Inserted, InsertAs(old, Key(0, expired), Now - 10));
        ConnectionState datagram = ConnectionState.Create(ConnectionClass.UdpUnreplied, Direction.Egress, Now);
        Assert.Equal(InsertResult.Inserted, InsertAs(datagram, Key(2, expired), Now - 10));
        Assert.All(Enumerable.Range(3, (int)Used - 3), i => Assert.Equal(InsertResult.Inserted, InsertAs(state, Key(i, other), Now - 10)));
        Assert.Equal(Used, table.Used);

        // Each newcomer moved the hand over 4 entries, the first ones over as many as there were; the next one, in vain, moves it over 68.
        uint passed = 6 + (4 * (Used - 4)) + 68;
        table.Reclaim(Now - 10, (int)((ExpiredIndex + (7 * Used) - fromHand - passed) % Used));
        Assert.Equal(InsertResult.ZoneFull, InsertAs(state, Key(1, full), Now, 1));
        InsertResult expected = hasRoom ? InsertResult.Inserted : InsertResult.ZoneFull;
        Assert.Equal(expected, table.Foretell(Key(1, expired), table.Hash(Key(1, expired)), state.Rank, Now + milliseconds, 2));
        Assert.Equal(expected, InsertAs(state, Key(1, expired), Now + milliseconds, 2));
        Assert.Equal((2, (int)Used), (zones.Find(expired)!.Connections, table.Count));
        Assert.True(IsThere(table, Key(2, expired)));
        Assert.Null(table.FindDamage());
    }

    [Fact]
    public void TryRestore_WhereAllHaveExpired_HasRoom()
    {
        (ConnectionTable table, uint zone) = NewTable(4, useAes: false);
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(InsertResult.Inserted, Insert(table, Key(i, zone), 0)));
        ConnectionState state = ConnectionState.Create(ConnectionClass.UdpUnreplied, Direction.Egress, 29_999);
        InsertResult TryRestore(in FlowKey key, long now) => table.TryRestore(key, table.Hash(key), new ConnectionEntry(key), default, state, now, 0);
        Assert.Equal(InsertResult.Full, TryRestore(Key(5, zone), 29_999));
        Assert.Equal(InsertResult.Inserted, TryRestore(Key(5, zone), 30_000));
        Assert.Equal(1, table.Count);
    }

    /// <summary>A tag is 15 bits of the hash: the keys tell such neighbours apart.</summary>
    [Fact]
    public void Keys_OfOneTagInOneBucket_AreConnectionsOfTheirOwn()
    {
        (ConnectionTable table, uint zone) = NewTable(4, useAes: false);
        CheckApart(table, [.. Enumerable.Range(0, 10_000).Select(i => Key(i, zone)).GroupBy(key => table.Hash(key) >> 49).First(tag => tag.Count() >= 3).Take(3)]);
    }

    /// <summary>An entry compares the low bits of IPv6 addresses first: here one address differs in a high bit, and the tag does not.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Keys_OfOneTagAndOneAddressWord_AreConnectionsOfTheirOwn(bool isLocal)
    {
        (ConnectionTable table, uint zone) = NewTable(4, useAes: false);
        FlowKey first = Of(0, isLocal, zone);
        ulong tag = table.Hash(first) >> 49;
        FlowKey second = Enumerable.Range(1, int.MaxValue).Select(high => Of((ulong)high, isLocal, zone)).First(key => table.Hash(key) >> 49 == tag);
        Assert.Equal(first.AddressWord, second.AddressWord);
        CheckApart(table, [first, second]);

        static FlowKey Of(ulong high, bool isLocal, uint zone)
        {
            UInt128 far = new(high << 7, 77);
            return new(isLocal ? far : 5, isLocal ? 5 : far, 1, 2, zone, Ethertype.IPv6, 0, 17);
        }
    }

    /// <summary>A tag of 0 would be an empty slot.</summary>
    [Fact]
    public void Key_WhoseHashBeginsWithZeros_IsAConnectionToo()
    {
        (ConnectionTable table, uint zone) = NewTable(4, useAes: false);
        CheckApart(table, [Enumerable.Range(0, int.MaxValue).Select(i => Key(i, zone)).First(key => table.Hash(key) >> 49 == 0)]);
    }

    /// <summary>The newcomer was in its zone's lists when it turned out that there is no place for it.</summary>
    [Fact]
    public void TryInsert_ThatFails_LeavesNothingBehind()
    {
        (ConnectionTable table, uint zone) = NewTable(8, useAes: false);
        ConnectionState state = ConnectionState.Create(ConnectionClass.UdpUnreplied, Direction.Egress, 0);
        InsertResult TryInsert(in FlowKey key) => table.TryInsert(key, table.Hash(key), new ConnectionEntry(key), state, 0, 5);
        Assert.Equal(InsertResult.Inserted, TryInsert(Key(1, zone)));
        Assert.Equal(InsertResult.Exists, TryInsert(Key(1, zone)));
        Assert.Null(table.FindDamage());
        FlowKey stranger = Key(1, zone + 1);
        Assert.Equal(InsertResult.ZoneRetired, TryInsert(stranger));
        Assert.Equal(InsertResult.ZoneRetired, table.TryRestore(stranger, table.Hash(stranger), new ConnectionEntry(stranger), default, state, 0, 5));
        Assert.Equal(1, table.Count);
        Assert.Null(table.FindDamage());
    }

    [Fact]
    public void FindDamage_OfADamagedEntry_SaysWhichAndWhat()
    {
        Assert.Null(DamageOf(8, _ => { }));
        Assert.Contains("entry 1 is in the index but dead", DamageOf(8, table => table[1].StateWord = 0), StringComparison.Ordinal);
        Assert.Contains("entry 1 is in the index but dead or locked", DamageOf(8, table => table[1].StateWord |= ConnectionState.LockBit), StringComparison.Ordinal);
        Assert.Contains("entry 1 is in a bucket of others", DamageOf(4096, table => table[1].Ends ^= 4), StringComparison.Ordinal);

        // All in one bucket: where it is does not betray it.
        Assert.Contains("entry 1 cannot be found", DamageOf(4, table => table[1].Ends ^= 4), StringComparison.Ordinal);
        Assert.Contains("its key is there twice", DamageOf(4, table => table[1] = table[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void FindDamage_OfWrongCounts_SaysWhose()
    {
        const ulong Revoked = 1UL << 47;
        Assert.Contains("the table counts", DamageOf(8, table => table[1].StateWord &= ~Revoked), StringComparison.Ordinal);
        Assert.Contains("free of", DamageOf(64, LoseFreeEntries), StringComparison.Ordinal);

        // Entries 0 and 1 are of one zone, 2 and 3 of another.
        Assert.Contains("zone 0 counts", DamageOf(8, Exchange), StringComparison.Ordinal);
        Assert.Contains("zone 1 counts (0, 0, 3)", DamageOf(8, (_, zones) => zones.Find(1)!.TryAdd(ConnectionRank.Stream, 0)), StringComparison.Ordinal);
        Assert.Contains("zone 1 was let go", DamageOf(8, (_, zones) => LetGo(zones, 1)), StringComparison.Ordinal);
        Assert.Contains("the list of another rank", DamageOf(8, (_, zones) => zones.Find(1)!.Lists.Put(3, ConnectionRank.Stream)), StringComparison.Ordinal);
        Assert.Contains("where it does not belong", DamageOf(8, (_, zones) => zones.Find(1)!.Lists.Put(7, ConnectionRank.Stream)), StringComparison.Ordinal);
        Assert.Null(DamageOf(8, (_, zones) => zones.Find(1)!.Lists.Put(3, ConnectionRank.Tombstone)));

        static void Exchange(ConnectionTable table, ZoneTable zones)
        {
            zones.Find(0)!.Move(ConnectionRank.Tombstone, ConnectionRank.HalfOpen);
            zones.Find(1)!.Move(ConnectionRank.HalfOpen, ConnectionRank.Tombstone);
        }

        static void LetGo(ZoneTable zones, uint number)
        {
            Zone zone = zones.Find(number)!;
            zones.Retire(number, 0);
            zones.Leave(number, zone, ConnectionRank.Tombstone);
            zones.Leave(number, zone, ConnectionRank.Tombstone);
        }
    }

    [Fact]
    public void Layout_IsAsTheMemoryBudgetSays()
    {
        Assert.Equal(64, System.Runtime.CompilerServices.Unsafe.SizeOf<ConnectionEntry>());
        Assert.Equal(64, System.Runtime.CompilerServices.Unsafe.SizeOf<Bucket>());
        Assert.Equal(32, System.Runtime.CompilerServices.Unsafe.SizeOf<AddressPair>());
    }

    private static void CheckApart(ConnectionTable table, FlowKey[] keys)
    {
        foreach (FlowKey leaving in keys)
        {
            Assert.All(keys, key => Assert.Equal(InsertResult.Inserted, Insert(table, key, 0)));
            Assert.All(keys, key => Assert.Equal(InsertResult.Exists, Insert(table, key, 0)));
            Assert.All(keys, key => Assert.True(TouchLive(table, key, 0)));
            Assert.True(Remove(table, leaving, 0));
            Assert.All(keys, key => Assert.Equal(key.Equals(leaving) ? InsertResult.Inserted : InsertResult.Exists, Insert(table, key, 0)));
            Assert.Null(table.FindDamage());
            Assert.All(keys, key => Assert.True(Remove(table, key, 0)));
            Assert.All(keys, key => Assert.False(TouchLive(table, key, 0)));
            Assert.Equal(0, table.Count);
        }
    }

    private static bool IsThere(ConnectionTable table, in FlowKey key)
    {
        bool isThere = table.TryAcquire(key, table.Hash(key), out uint index, out ConnectionState state);
        if (isThere)
        {
            table.Release(index, state);
        }

        return isThere;
    }

    private static string? DamageOf(int capacity, Action<ConnectionTable> damage) => DamageOf(capacity, (table, _) => damage(table));

    /// <summary>What is found in a table of four tombstones, two of either zone, after some damage.</summary>
    private static string? DamageOf(int capacity, Action<ConnectionTable, ZoneTable> damage)
    {
        ZoneTable zones = new(capacity);
        ConnectionTable table = new(capacity, new RoomShares(100, 100), new TimeoutTable(ConnectionTimeouts.Default), zones, new FlowHash(1, useAes: false));
        uint[] numbers = [zones.Register(), zones.Register()];
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(InsertResult.Inserted, Insert(table, Key(i, numbers[i / 2]), 0)));
        Assert.Null(table.FindDamage());
        damage(table, zones);
        return table.FindDamage();
    }

    // More than there are stripes of free entries, so that some were behind others.
    private static void LoseFreeEntries(ConnectionTable table)
    {
        uint zone = table[0].Zone;
        Assert.All(Enumerable.Range(10, 20), i => Assert.Equal(InsertResult.Inserted, Insert(table, Key(i, zone), 0)));
        Assert.All(Enumerable.Range(10, 20), i => Assert.True(Remove(table, Key(i, zone), 0)));
        for (uint index = 4; index < 24; index++)
        {
            table[index].NextFree = 0;
        }
    }
}
