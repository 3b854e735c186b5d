using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Packets;

public sealed class IcmpHeaderTests
{
    private static readonly PacketBuilder s_ip = PacketBuilder.Ip("10.0.0.5", "203.0.113.7");
    private static readonly PacketBuilder s_ipv6 = PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7");

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(18)]
    public void Read_Query_HasTypeCodeAndIdentifier(byte type) => AssertQuery(s_ip, type);

    [Theory]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(139)]
    [InlineData(140)]
    public void Read_QueryV6_HasTypeCodeAndIdentifier(byte type) => AssertQuery(s_ipv6, type);

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(11)]
    [InlineData(12)]
    public void Read_Error_IsMarked(byte type) => AssertError(s_ip, type);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Read_ErrorV6_IsMarked(byte type) => AssertError(s_ipv6, type);

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(64)]
    [InlineData(72)]
    [InlineData(255)]
    public void Read_OtherType_HasNoIdentifier(byte type)
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Icmp(type, 2, 0xABCD0001), out ParsedPacket packet));
        Assert.Equal((type, (byte)2, (ushort)0, PacketTraits.Icmp), (packet.IcmpType, packet.IcmpCode, packet.SourcePort, packet.Traits));
    }

    [Fact]
    public void Read_ShortMessage_IsMalformed()
    {
        Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ip.Protocol(1, 8, 0, 0, 0, 0, 7, 0)));
        Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ip.Protocol(1, 200, 0, 0, 0, 0, 7, 0)));
        Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ipv6.Protocol(58, 128, 0, 0, 0, 0, 7, 0)));
    }

    [Fact]
    public void Checksum_Wrong_IsDeniedOnlyWhenVerified()
    {
        foreach (PacketBuilder good in new[] { s_ip.EchoRequest().Payload(1, 2, 3), s_ipv6.EchoRequest().Payload(1, 2, 3) })
        {
            Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(good, Parsing.Strict));
            Assert.Equal(Reason.BadChecksum, Parsing.RawIp(good.TransportChecksum(0x5555), Parsing.Strict));
            Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(good.TransportChecksum(0x5555)));
        }
    }

    private static void AssertQuery(PacketBuilder ip, byte type)
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(ip.Icmp(type, 5, 0xABCD0001), out ParsedPacket packet));
        Assert.Equal((type, (byte)5, (ushort)0xABCD, PacketTraits.Icmp), (packet.IcmpType, packet.IcmpCode, packet.SourcePort, packet.Traits));
        Assert.Equal((ushort)((type << 8) | 5), packet.DestinationPort);
    }

    private static void AssertError(PacketBuilder ip, byte type)
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(ip.Icmp(type, 1, 0xABCD0001), out ParsedPacket packet));
        Assert.Equal((ushort)0, packet.SourcePort);
        Assert.Equal(PacketTraits.Icmp | PacketTraits.IcmpError, packet.Traits);
    }
}
