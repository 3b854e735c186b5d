using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>Which packets have connections, which may open one, and what the control calls do.</summary>
public sealed class ConnectionTrackerTests
{
    private static readonly ParsedPacket s_udp = new()
    {
        Kind = PacketKind.IPv4,
        Protocol = ProtocolNumbers.Udp,
        Traits = PacketTraits.Ports,
        SourcePort = 4_000,
        DestinationPort = 53,
    };

    [Fact]
    public void IsTrackable_WhatTakesAnAnswer()
    {
        Assert.True(ConnectionTracker.IsTrackable(s_udp));
        Assert.True(ConnectionTracker.IsTrackable(s_udp with { Kind = PacketKind.IPv6 }));
        Assert.True(ConnectionTracker.IsTrackable(s_udp with { Protocol = 47, Traits = PacketTraits.None, SourcePort = 0 }));
        Assert.True(ConnectionTracker.IsTrackable(Icmp(8)));
        Assert.True(ConnectionTracker.IsTrackable(Icmp(0)));
        Assert.False(ConnectionTracker.IsTrackable(Icmp(9)));
        Assert.False(ConnectionTracker.IsTrackable(Icmp(3)));
        Assert.False(ConnectionTracker.IsTrackable(s_udp with { SourcePort = 0 }));
        Assert.False(ConnectionTracker.IsTrackable(s_udp with { Traits = PacketTraits.Fragment | PacketTraits.LaterFragment }));
        Assert.False(ConnectionTracker.IsTrackable(s_udp with { Kind = PacketKind.Arp }));
        Assert.False(ConnectionTracker.IsTrackable(s_udp with { Kind = PacketKind.Other }));
    }

    [Fact]
    public void LimitZones_ListsTheConnectionsThatTheyHave()
    {
        TrackerHarness harness = new();
        (uint limited, uint other) = (harness.Zone, harness.Tracker.RegisterZone());
        Assert.All(Enumerable.Range(1, 3), port => Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed));
        harness.Zone = other;
        Assert.True(harness.SendOut(harness.Out().Udp(1, 53)).IsAllowed);
        harness.Tracker.LimitZones([]);
        Assert.False(harness.Tracker.FindZone(limited)!.Lists.IsUsed);
        harness.Tracker.LimitZones([limited]);
        uint[] listed = new uint[8];
        Assert.Equal(3, harness.Tracker.FindZone(limited)!.Lists.CopyOldest(ConnectionRank.Unreplied, listed));
        Assert.Equal([0u, 1, 2], listed[..3]);
        Assert.False(harness.Tracker.FindZone(other)!.Lists.IsUsed);
        Assert.Equal(0, harness.Tracker.FindZone(other)!.Lists.CopyOldest(ConnectionRank.Unreplied, listed));
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    [Fact]
    public void Find_WhatHasExpired_IsNothing()
    {
        TrackerHarness harness = new();
        byte[] packet = harness.Out().Udp(1, 53);
        Assert.True(harness.Send(Direction.Egress, packet).IsAllowed);
        harness.Wait(29.999);
        Assert.NotNull(harness.Find(Direction.Egress, packet));
        harness.Wait(0.001);
        Assert.Null(harness.Find(Direction.Egress, packet));
        Assert.Equal(1, harness.Tracker.Count);
    }

    /// <summary>Five seconds old and two idle, then half a second of downtime; and one whose clock went back since.</summary>
    [Theory]
    [InlineData(2, 5_500, 2_500)]
    [InlineData(-60, 500, 500)]
    public void Restore_OfACopy_IsOlderByTheDowntime(double idle, long age, long idleAfter)
    {
        TrackerHarness harness = new();
        Assert.True(harness.SendOut(harness.Out().Udp(1, 53)).IsAllowed);
        harness.Wait(3);
        Assert.True(harness.SendOut(harness.Out().Udp(1, 53)).IsAllowed);
        harness.Wait(idle);
        Assert.True(harness.Tracker.TryCopy(0, harness.Now, out ConnectionImage saved));
        TrackerHarness after = new();
        saved.Key = saved.Key.InZone(after.Zone);
        Assert.Equal(RestoreOutcome.Restored, after.Tracker.Restore(saved, after.Now, 500, 0));
        Assert.True(after.Tracker.TryCopy(0, after.Now, out ConnectionImage restored));
        Assert.Equal((age, idleAfter), (restored.AgeMilliseconds, restored.IdleMilliseconds));
        Assert.Equal(RestoreOutcome.AlreadyThere, after.Tracker.Restore(saved, after.Now, 500, 0));
        Assert.Equal(RestoreOutcome.Expired, after.Tracker.Restore(saved, after.Now, 30_000 - saved.IdleMilliseconds, 0));
    }

    [Fact]
    public void CanOpen_OfDatagrams_GoesByTheKind()
    {
        Assert.Equal(Reason.NotEvaluated, CanOpen(s_udp));
        Assert.Equal(Reason.NotEvaluated, CanOpen(Icmp(8)));
        Assert.Equal(Reason.NotEvaluated, CanOpen(Icmp(9)));
        Assert.Equal(Reason.InvalidState, CanOpen(Icmp(0)));
        Assert.Equal(Reason.UnrelatedIcmp, CanOpen(Icmp(3) with { Traits = PacketTraits.Icmp | PacketTraits.IcmpError }));
        Assert.Equal(Reason.NotEvaluated, CanOpen(Tcp(TcpFlags.None) with { Traits = PacketTraits.Fragment | PacketTraits.LaterFragment }));
    }

    [Fact]
    public void CanOpen_OfTcp_IsASynOrWhatIsPickedUp()
    {
        Direction[] both = [Direction.Egress, Direction.Ingress];
        foreach (Direction direction in both)
        {
            foreach (PickUp pickUp in Enum.GetValues<PickUp>())
            {
                Assert.Equal(Reason.NotEvaluated, CanOpen(Tcp(TcpFlags.Syn), direction, pickUp));
                Assert.Equal(Reason.InvalidState, CanOpen(Tcp(TcpFlags.Syn | TcpFlags.Ack), direction, pickUp));
                Assert.Equal(Reason.InvalidState, CanOpen(Tcp(TcpFlags.Fin | TcpFlags.Ack), direction, pickUp));
                Assert.Equal(Reason.InvalidState, CanOpen(Tcp(TcpFlags.Rst), direction, pickUp));
                bool mayPickUp = pickUp == PickUp.Loose || (pickUp == PickUp.LooseEgressOnly && direction == Direction.Egress);
                Assert.Equal(mayPickUp ? Reason.NotEvaluated : Reason.NotSyn, CanOpen(Tcp(TcpFlags.Ack), direction, pickUp));
            }
        }
    }

    private static Reason CanOpen(in ParsedPacket packet, Direction direction = Direction.Ingress, PickUp pickUp = PickUp.Strict) =>
        ConnectionTracker.CanOpen(packet, direction, new TrackingModes(EstablishedConnections.Revalidate, pickUp, WindowCheck.Enforce, false, 0));

    private static ParsedPacket Icmp(byte type) => new()
    {
        Kind = PacketKind.IPv4,
        Protocol = ProtocolNumbers.Icmp,
        Traits = PacketTraits.Icmp,
        SourcePort = 7,
        DestinationPort = (ushort)(type << 8),
    };

    private static ParsedPacket Tcp(TcpFlags flags) =>
        s_udp with { Protocol = ProtocolNumbers.Tcp, TcpFlags = flags };
}
