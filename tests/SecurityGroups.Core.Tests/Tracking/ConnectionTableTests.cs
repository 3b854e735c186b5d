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
        Assert.Null(table.FindDamage());
        Assert.All(Enumerable.Range(0, capacity), i => Assert.True(Remove(table, Key(i, zone), 1)));
        Assert.Equal(0, table.Count);
        Assert.Null(table.FindDamage());
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

        // The oldest of three that may go goes, and the others stay.
        foreach ((int number, long seen) in ((int, long)[])[(7, 5), (20, 3), (35, 4)])
        {
            Assert.True(Remove(table, there[number], 5));
            Assert.Equal(InsertResult.Inserted, InsertOf(ConnectionClass.UdpUnreplied, there[number], seen));
        }

        Assert.Equal(InsertResult.Inserted, InsertOf(ConnectionClass.Established, keys[^1], 6));
        Assert.Equal((1L, false, true, true), (table.Evicted, TouchLive(table, there[20], 6), TouchLive(table, there[7], 6), TouchLive(table, there[35], 6)));
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
    public void FindDamage_OfADamagedEntry_SaysWhichAndWhat()
    {
        Assert.Null(DamageOf(8, _ => { }));
        Assert.Contains("entry 1 is in the index but dead", DamageOf(8, table => table[1].StateWord = 0), StringComparison.Ordinal);
        Assert.Contains("entry 1 is in the index but dead or locked", DamageOf(8, table => table[1].StateWord |= ConnectionState.LockBit), StringComparison.Ordinal);
        Assert.Contains("entry 1 is in a bucket of others", DamageOf(4096, table => table[1].Ports ^= 4), StringComparison.Ordinal);

        // All in one bucket: where it is does not betray it.
        Assert.Contains("entry 1 cannot be found", DamageOf(4, table => table[1].Ports ^= 4), StringComparison.Ordinal);
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
        Assert.Contains("zone 1 counts 3, but has 2", DamageOf(8, (_, zones) => zones.Find(1)!.TryAdd(0)), StringComparison.Ordinal);
        Assert.Contains("zone 1 was let go", DamageOf(8, (_, zones) => LetGo(zones, 1)), StringComparison.Ordinal);
        Assert.Contains("the list of another rank", DamageOf(8, (_, zones) => zones.Find(1)!.Lists.Put(3, ConnectionRank.Stream)), StringComparison.Ordinal);
        Assert.Contains("where it does not belong", DamageOf(8, (_, zones) => zones.Find(1)!.Lists.Put(7, ConnectionRank.Stream)), StringComparison.Ordinal);
        Assert.Null(DamageOf(8, (_, zones) => zones.Find(1)!.Lists.Put(3, ConnectionRank.Tombstone)));

        static void Exchange(ConnectionTable table, ZoneTable zones)
        {
            zones.Find(0)!.Room.Move(ConnectionRank.Tombstone, ConnectionRank.HalfOpen);
            zones.Find(1)!.Room.Move(ConnectionRank.HalfOpen, ConnectionRank.Tombstone);
        }

        static void LetGo(ZoneTable zones, uint number)
        {
            Zone zone = zones.Find(number)!;
            zones.Retire(number, 0);
            zones.Leave(number, zone);
            zones.Leave(number, zone);
        }
    }

    [Fact]
    public void Layout_IsAsTheMemoryBudgetSays()
    {
        Assert.Equal(64, System.Runtime.CompilerServices.Unsafe.SizeOf<ConnectionEntry>());
        Assert.Equal(64, System.Runtime.CompilerServices.Unsafe.SizeOf<Bucket>());
        Assert.Equal(32, System.Runtime.CompilerServices.Unsafe.SizeOf<AddressPair>());
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
