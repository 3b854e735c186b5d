using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>Several threads on one table; each test ends in an integrity check.</summary>
public class ConcurrencyTests
{
    [Fact]
    public async Task E19_BothEndsAtOnce_NoSegmentIsRefused()
    {
        TrackerHarness harness = new();
        TcpScript.Run(harness, "E");
        const int Rounds = 1_000_000;
        ParsedPacket outward = Parse(harness, harness.Out().Tcp(40_000, 5000, TcpFlags.Ack, 1001, 5001));
        ParsedPacket inward = Parse(harness, harness.In().Tcp(5000, 40_000, TcpFlags.Ack, 5001, 1001));
        int refused = 0;
        await Both(
            () => Repeat(Rounds, () => Count(ref refused, !harness.Send(Direction.Egress, outward).IsAllowed)),
            () => Repeat(Rounds, () => Count(ref refused, !harness.Send(Direction.Ingress, inward).IsAllowed)));
        Assert.Equal(0, refused);
        TcpScript.Run(harness, "in A 5001+1000/1001 | out A 1001/6001 | state established | timeout 7440");
    }

    [Fact]
    public async Task U11_OneFlowOpenedFromBothSides_IsOneConnection()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 4096 });
        for (int port = 1; port <= 1000; port++)
        {
            ParsedPacket outward = Parse(harness, harness.Out().Udp(port, 53));
            ParsedPacket inward = Parse(harness, harness.In().Udp(53, port));
            using Barrier start = new(2);
            Decision[] decisions = new Decision[2];
            await Both(
                () =>
                {
                    start.SignalAndWait();
                    decisions[0] = harness.Send(Direction.Egress, outward);
                },
                () =>
                {
                    start.SignalAndWait();
                    decisions[1] = harness.Send(Direction.Ingress, inward);
                });
            Assert.All(decisions, decision => Assert.True(decision.IsAllowed));
            Assert.Equal(port, harness.Tracker.Count);
        }

        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    [Fact]
    public async Task Soak_InsertsRemovalsAndExpiry_LeaveTheTableWhole()
    {
        const int Rounds = 300_000;
        ZoneTable zones = new(512);
        ConnectionTable table = new(512, new RoomShares(50, 25), new TimeoutTable(ConnectionTimeouts.Default), zones);
        uint zone = zones.Register();
        long clock = 0;
        int wrong = 0;
        await Task.WhenAll(Enumerable.Range(1, 3).Select(seed => Task.Run(() =>
        {
            Random random = new(seed);
            Repeat(Rounds, () => Step(table, zone, random, Interlocked.Increment(ref clock), ref wrong));
        })));
        Assert.Equal(0, wrong);
        Assert.Null(table.FindDamage());
        Assert.Equal(table.Count, zones.Find(zone)!.Connections);
        table.Reclaim(clock + 10_000_000, int.MaxValue);
        Assert.Equal(0, table.Count);
        Assert.Null(table.FindDamage());
    }

    /// <summary>
    /// Twice as many keys as there is room for, with a quota or without, in one zone or in several that take each other's entries: newcomers evict,
    /// the evicted are being established, refreshed, revoked or removed at the same time, others expire.
    /// </summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(300, 1)]
    [InlineData(120, 4)]
    public async Task Soak_EvictionAgainstUpdateAgainstExpiry_LeavesTheTableWhole(int quota, int zoneCount)
    {
        const int Rounds = 200_000;
        ZoneTable zones = new(512);
        ConnectionTable table = new(512, new RoomShares(50, 25), new TimeoutTable(ConnectionTimeouts.Default), zones);
        uint[] numbers = [.. Enumerable.Range(0, zoneCount).Select(_ => zones.Register())];
        long clock = 0;
        int wrong = 0;
        await Task.WhenAll(Enumerable.Range(1, Math.Max(3, Environment.ProcessorCount)).Select(seed => Task.Run(() =>
        {
            Random random = new(seed);
            Repeat(Rounds, () => Step(table, numbers[random.Next(zoneCount)], random, Interlocked.Increment(ref clock), ref wrong, 1_000 / zoneCount, quota));
        })));
        Assert.Equal(0, wrong);
        Assert.Null(table.FindDamage());
        Assert.InRange(table.Evicted, 1_000, long.MaxValue);
        Assert.InRange(table.Room.Of(ConnectionRank.HalfOpen), 0, (quota == 0 ? 512 : zoneCount * quota) / 4);
        table.Reclaim(clock + 10_000_000, int.MaxValue);
        Assert.Equal(0, table.Count);
        Assert.All(numbers, number => Assert.Equal(0, zones.Find(number)!.Connections));
        Assert.Null(table.FindDamage());
    }

    // Every connection carries a mark derived from its key: found under another key, or half-written, it would show.
    private static void Step(ConnectionTable table, uint zone, Random random, long now, ref int wrong, int keys = 700, int quota = 0)
    {
        int number = random.Next(keys);
        FlowKey key = new((uint)number, (UInt128)number << (number % 2 * 64), 1, 2, zone, (Ethertype)(number % 2), 0, 17);
        ulong hash = table.Hash(key);
        if (!table.TryAcquire(key, hash, out uint index, out ConnectionState state))
        {
            ConnectionEntry entry = new(key) { CreatedMilliseconds = number, Stamp = (uint)number };
            ConnectionClass kind = random.Next(2) == 0 ? ConnectionClass.UdpUnreplied : ConnectionClass.SynSent;
            table.TryInsert(key, hash, entry, ConnectionState.Create(kind, Direction.Egress, now), now, quota);
            return;
        }

        Count(ref wrong, table[index].CreatedMilliseconds != number || table[index].Stamp != number || table.KeyOf(index).Local != key.Local);
        Change(random, ref state, now);
        table.Release(index, state);
    }

    private static void Change(Random random, ref ConnectionState state, long now)
    {
        switch (random.Next(8))
        {
            case 0 or 1:
                state.Kill(ConnectionEnd.Removed, now);
                break;
            case 2:
                state.Class = ConnectionClass.Established;
                state.IsReplied = state.IsAssured = true;
                state.Touch(now);
                break;
            case 3:
                state.Class = ConnectionClass.TimeWait;
                break;
            case 4:
                state.IsRevoked = !state.IsRevoked;
                break;
            default:
                state.Touch(now);
                break;
        }
    }

    private static ParsedPacket Parse(TrackerHarness harness, PacketBuilder packet)
    {
        Assert.Equal(Reason.NotEvaluated, harness.Parse(packet.Build(), out ParsedPacket parsed));
        return parsed;
    }

    private static Task Both(Action first, Action second) => Task.WhenAll(Task.Run(first), Task.Run(second));

    private static void Repeat(int times, Action action)
    {
        for (int i = 0; i < times; i++)
        {
            action();
        }
    }

    private static void Count(ref int counter, bool condition)
    {
        if (condition)
        {
            Interlocked.Increment(ref counter);
        }
    }
}
