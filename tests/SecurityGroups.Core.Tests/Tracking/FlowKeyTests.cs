using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public class FlowKeyTests
{
    [Theory]
    [InlineData(ProtocolNumbers.Udp, 3, 4)]
    [InlineData((byte)47, 0, 0)]
    public void From_PacketsOfEitherDirection_IsOneKey_WithPortsWhereTheProtocolHasThem(byte protocol, int localPort, int remotePort)
    {
        ParsedPacket egress = new() { Kind = PacketKind.IPv4, Protocol = protocol, Source = 1, Destination = 2, SourcePort = 3, DestinationPort = 4, VlanIds = 6 };
        ParsedPacket ingress = egress with { Source = 2, Destination = 1, SourcePort = 4, DestinationPort = 3 };
        FlowKey key = FlowKey.From(egress, Direction.Egress, 5);
        Assert.Equal(key, FlowKey.From(ingress, Direction.Ingress, 5));
        Assert.Equal((1, 2, localPort, remotePort), ((int)key.Local, (int)key.Remote, key.LocalPort, key.RemotePort));
        Assert.Equal((5u, Ethertype.IPv4, 6u, protocol), (key.Zone, key.Ethertype, key.VlanIds, key.Protocol));
    }
}
