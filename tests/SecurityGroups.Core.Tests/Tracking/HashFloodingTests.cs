using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>Flows chosen to collide (behaviour K05): harmless without the secret, and bounded with it.</summary>
public class HashFloodingTests
{
    private const int Capacity = 65_536;
    private const int Flows = 1_000_000;

    /// <summary>The flows chosen lie in one home bucket of 32.</summary>
    private const ulong Aim = 31;

    private static readonly UInt128 s_known = 0;

    [Fact]
    public void K05_FlowsThatCollideUnderAnotherSecret_SpreadAsAnyOthers()
    {
        (ConnectionTable table, uint zone) = NewTable(new UInt128(0x0123456789ABCDEF, 0xFEDCBA9876543210));
        Assert.All(Colliding(zone), key => Assert.Equal(InsertResult.Inserted, Insert(table, key)));
        Assert.Equal(Capacity, table.Count);
        Assert.Equal(Flows - Capacity, table.Evicted);

        // That no connection lies more than seven buckets from its home is part of it.
        Assert.Null(table.FindDamage());
    }

    [Fact]
    public void K05_FlowsThatCollide_HurtOnlyTheirOwnBuckets()
    {
        (ConnectionTable table, uint zone) = NewTable(s_known);
        FlowKey[] live = [.. Enumerable.Range(0, 1_000).Select(i => new FlowKey(1, 2, (ushort)i, 443, zone, Ethertype.IPv4, 0, 6))];
        Assert.All(live, key => Assert.Equal(InsertResult.Inserted, Insert(table, key, isEstablished: true)));
        int refused = Colliding(zone).Count(key => Insert(table, key) != InsertResult.Inserted);
        Assert.Equal(0, refused);
        Assert.InRange(table.Count, 1_000, Capacity / 4 * 3);
        Assert.All(live, key => Assert.True(IsThere(table, key)));
        Assert.Null(table.FindDamage());
    }

    [Fact]
    public void K05_FlowsThatCollideWithEstablishedOnes_AreRefused()
    {
        (ConnectionTable table, uint zone) = NewTable(s_known);
        FlowKey[] keys = [.. Colliding(zone).Where(key => (table.Hash(key) & 0x3FFF) == Aim).Take(100)];
        InsertResult[] results = [.. keys.Select(key => Insert(table, key, isEstablished: true))];
        Assert.Equal(64, results.Count(result => result == InsertResult.Inserted));
        Assert.Equal(36, results.Count(result => result == InsertResult.Full));
        Assert.All(keys[..64], key => Assert.True(IsThere(table, key)));
        Assert.Null(table.FindDamage());
    }

    private static IEnumerable<FlowKey> Colliding(uint zone)
    {
        FlowHash known = new(s_known, FlowHash.IsAesSupported);
        int found = 0;
        for (uint number = 0; found < Flows; number++)
        {
            FlowKey key = new(0x0A000005, 0xCB000000 + (number >> 16), 53, (ushort)number, zone, Ethertype.IPv4, 0, 17);
            if ((known.Compute(key) & 31) == Aim)
            {
                found++;
                yield return key;
            }
        }
    }

    private static (ConnectionTable Table, uint Zone) NewTable(UInt128 secret)
    {
        ZoneTable zones = new(Capacity);
        FlowHash hash = new(secret, FlowHash.IsAesSupported);
        return (new ConnectionTable(Capacity, new RoomShares(100, 100), new TimeoutTable(ConnectionTimeouts.Default), zones, hash), zones.Register());
    }

    private static InsertResult Insert(ConnectionTable table, in FlowKey key, bool isEstablished = false)
    {
        ConnectionState state = ConnectionState.Create(isEstablished ? ConnectionClass.Established : ConnectionClass.UdpUnreplied, Direction.Ingress, 0);
        state.IsAssured = isEstablished;
        return table.TryInsert(key, table.Hash(key), new ConnectionEntry(key), state, 0, 0);
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
}
