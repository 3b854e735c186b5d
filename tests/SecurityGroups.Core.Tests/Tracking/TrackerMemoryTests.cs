using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public class TrackerMemoryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DataPath_OfEveryKind_AllocatesNothing(bool isIPv6)
    {
        TrackerHarness harness = new(isIPv6, new ConnectionTrackingOptions { MaxConnections = 65_536 });
        harness.Rules.Replace(TestRules.EgressOnly);
        TcpScript.Run(harness, "E");
        (Direction Direction, ParsedPacket Packet)[] packets =
        [
            (Direction.Egress, Parse(harness, harness.Out().Tcp(40_000, 5000, TcpFlags.Ack, 1001, 5001))),
            (Direction.Ingress, Parse(harness, harness.In().Tcp(5000, 40_000, TcpFlags.Ack, 50_001, 1001))),
            (Direction.Ingress, Parse(harness, harness.In().Tcp(5000, 40_001, TcpFlags.Syn, 1))),
            (Direction.Egress, Parse(harness, harness.Out().Udp(4000, 53))),
            (Direction.Ingress, Parse(harness, harness.In().Udp(53, 4000))),
            (Direction.Egress, Parse(harness, harness.Out().EchoRequest())),
        ];
        Round(harness, packets, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i < 100; i++)
        {
            // A new port each round: the path of new connections is among them.
            Round(harness, packets, i);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void EightMillionConnections_FitAndAreFound()
    {
        const int Connections = 8_000_000;
        long before = GC.GetAllocatedBytesForCurrentThread();
        ConnectionTracker tracker = new(new ConnectionTrackingOptions { MaxConnections = Connections });
        uint zone = tracker.RegisterZone();
        TrackingModes modes = new(EstablishedConnections.Revalidate, PickUp.Strict, WindowCheck.Enforce, false, 0);
        TestRules.Policy rules = new TestRules().ForTracker();
        ParsedPacket packet = new() { Kind = PacketKind.IPv4, Protocol = ProtocolNumbers.Udp, Traits = PacketTraits.Ports, SourcePort = 9 };
        int refused = 0;
        for (uint i = 0; i < Connections; i += 8)
        {
            // Every eighth is made; a quick test of the whole range without minutes of page faults.
            packet.Source = i;
            FlowKey key = FlowKey.From(packet, Direction.Egress, zone);
            refused += tracker.Create(key, packet, Direction.Egress, 0, modes, rules.Generation, commit: true) == Reason.NotEvaluated ? 0 : 1;
        }

        Assert.Equal(0, refused);
        for (uint i = 0; i < Connections; i += 4096)
        {
            packet.Source = i;
            FlowKey key = FlowKey.From(packet, Direction.Egress, zone);
            Assert.True(tracker.Track(key, packet, Direction.Egress, 1, modes, rules, commit: true).Found);
        }

        // 120 octets a connection, the index included; counted on this thread, as other tests run at the same time.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 8_000_000 * 100L, 1_280_000_000);
    }

    private static void Round(TrackerHarness harness, (Direction Direction, ParsedPacket Packet)[] packets, int round)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            harness.Send(packets[i].Direction, packets[i].Packet);
        }

        ParsedPacket fresh = packets[3].Packet;
        fresh.SourcePort = (ushort)(1000 + round);
        harness.Send(Direction.Egress, fresh);
    }

    private static ParsedPacket Parse(TrackerHarness harness, PacketBuilder packet)
    {
        Assert.Equal(Reason.NotEvaluated, harness.Parse(packet.Build(), out ParsedPacket parsed));
        return parsed;
    }
}
