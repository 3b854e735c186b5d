using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>Which packets have connections, and which may open one.</summary>
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
