using FsCheck.Xunit;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public class ConnectionTableTests
{
    private const int Capacity = 96;
    private static readonly UInt128 s_secret = new(0x0123456789ABCDEF, 0xFEDCBA9876543210);

    // Each step: what, which key, how long after the one before. The model is a dictionary from key to last-seen time.
    [Property(MaxTest = 300)]
    public void Table_AgainstADictionary_FindsTheSame((byte What, byte Key, ushort Wait)[] steps, bool useAes)
    {
        (ConnectionTable table, uint zone) = NewTable(Capacity, useAes);
        Dictionary<byte, long> model = [];
        long now = 1_000;
        foreach ((byte what, byte number, ushort wait) in steps)
        {
            now += wait / 4;
            FlowKey key = Key(number, zone);
            bool isLive = model.TryGetValue(number, out long seen) && now - seen < 30_000;
            switch (what % 4)
            {
                case 0:
                    InsertResult result = Insert(table, key, now);
                    Assert.Equal(isLive ? InsertResult.Exists : model.Count < Capacity ? InsertResult.Inserted : result, result);
                    if (result == InsertResult.Inserted)
                    {
                        model[number] = now;
                    }

                    break;
                case 1 when TouchLive(table, key, now):
                    Assert.True(isLive);
                    model[number] = now;
                    break;
                case 1:
                    Assert.False(isLive);
                    break;
                case 2:
                    Assert.Equal(isLive, Remove(table, key, now));
                    model.Remove(number);
                    break;
                default:
                    table.Reclaim(now, 8);
                    break;
            }
        }

        Assert.Null(table.FindDamage());
        Assert.All(model, pair => Assert.Equal(now - pair.Value < 30_000, TouchLive(table, Key(pair.Key, zone), now)));
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

    [Fact]
    public void Layout_IsAsTheMemoryBudgetSays()
    {
        Assert.Equal(64, System.Runtime.CompilerServices.Unsafe.SizeOf<ConnectionEntry>());
        Assert.Equal(64, System.Runtime.CompilerServices.Unsafe.SizeOf<Bucket>());
        Assert.Equal(32, System.Runtime.CompilerServices.Unsafe.SizeOf<AddressPair>());
    }

    private static (ConnectionTable Table, uint Zone) NewTable(int capacity, bool useAes)
    {
        ZoneTable zones = new();
        FlowHash hash = new(s_secret, useAes && FlowHash.IsAesSupported);
        return (new ConnectionTable(capacity, new TimeoutTable(ConnectionTimeouts.Default), zones, hash), zones.Register());
    }

    // Both families, and neighbours that differ in one member.
    private static FlowKey Key(int number, uint zone) =>
        new((uint)number / 8, 7, (ushort)(number % 4), 53, zone, (Ethertype)(number / 4 % 2), 0, 17);

    private static InsertResult Insert(ConnectionTable table, in FlowKey key, long now) =>
        table.TryInsert(key, table.Hash(key), new ConnectionEntry(key), ConnectionState.Create(ConnectionClass.UdpUnreplied, Direction.Egress, now), now, 0);

    private static bool TouchLive(ConnectionTable table, in FlowKey key, long now) => WithLive(table, key, now, (ref ConnectionState state) => state.Touch(now));

    private static bool Remove(ConnectionTable table, in FlowKey key, long now) => WithLive(table, key, now, (ref ConnectionState state) => state.Kill(ConnectionEnd.Removed, now));

    private static bool WithLive(ConnectionTable table, in FlowKey key, long now, Change change)
    {
        if (!table.TryAcquire(key, table.Hash(key), out uint index, out ConnectionState state))
        {
            return false;
        }

        bool isLive = !table.IsOver(table[index], state, now);
        if (isLive)
        {
            change(ref state);
        }

        table.Release(index, state);
        return isLive;
    }

    private delegate void Change(ref ConnectionState state);
}
