using SecurityGroups.Packets;

namespace SecurityGroups.Tests.Support;

/// <summary>The tool that the other tests trust, against octets worked out by hand or with other tools.</summary>
public sealed class PacketBuilderTests
{
    [Fact]
    public void Udp_OverIPv4_IsTheKnownPacket() => Assert.Equal(
        "4500002000000000401134C10A000005CB00710730390035000CC49461626364",
        Convert.ToHexString(PacketBuilder.Ip("10.0.0.5", "203.0.113.7").Udp(12345, 53).Payload("abcd"u8.ToArray())));

    [Fact]
    public void Icmp_OverIPv6_HasPseudoHeaderChecksum()
    {
        byte[] packet = PacketBuilder.Ip("fe80::1", "ff02::1").EchoRequest(1, 1);
        Assert.Equal("6000000000083A40", Convert.ToHexString(packet[..8]));
        Assert.Equal((0x8000, 0x8235), (BigEndian(packet, 40), BigEndian(packet, 42)));
    }

    [Fact]
    public void Extensions_AreChained()
    {
        byte[] packet = PacketBuilder.Ip("2001:db8::1", "2001:db8::2").HopByHop().DestinationOptions().Authentication().Fragment(0, true).Udp(1, 2);
        Assert.Equal([0, 60, 51, 44, 17], new[] { packet[6], packet[40], packet[48], packet[56], packet[80] });
        Assert.Equal(40 + 8 + 8 + 24 + 8 + 8, packet.Length);
        Assert.Equal(packet.Length - 40, BigEndian(packet, 4));
    }

    [Fact]
    public void Vlan_Tags_StandOuterFirst()
    {
        byte[] frame = PacketBuilder.Ip("10.0.0.1", "10.0.0.2").Vlan(7, 0x88A8).Vlan(8).Tcp(1, 2, TcpFlags.Syn | TcpFlags.Ece);
        Assert.Equal("88A80007810000080800", Convert.ToHexString(frame[12..22]));
        Assert.Equal(0x42, frame[22 + 20 + 13]);
    }

    [Fact]
    public void Overrides_ReplaceOnlyTheirField()
    {
        PacketBuilder udp = PacketBuilder.Ip("10.0.0.1", "10.0.0.2").Udp(1, 2);
        Assert.Equal(7, BigEndian(udp.UdpLength(7).Build(), 24));
        Assert.Equal(19, BigEndian(udp.TotalLength(19).Build(), 2));
        Assert.Equal(0x4F, udp.HeaderLength(15).Build()[0]);
        Assert.Equal(0xBEEF, BigEndian(udp.TransportChecksum(0xBEEF).Build(), 26));
        Assert.Equal(28, udp.Build().Length);
        Assert.Equal(21, udp.Truncate(21).Build().Length);
    }

    [Fact]
    public void SolicitedNode_KeepsLast24Bits() => Assert.Equal("ff02::1:ff12:3456", PacketBuilder.SolicitedNode("2001:db8::ab12:3456"));

    private static int BigEndian(byte[] octets, int offset) => (octets[offset] << 8) | octets[offset + 1];
}
