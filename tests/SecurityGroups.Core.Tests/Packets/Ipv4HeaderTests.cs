using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Packets;

public sealed class Ipv4HeaderTests
{
    private static readonly PacketBuilder s_udp = PacketBuilder.Ip("10.0.0.5", "203.0.113.7").HopLimit(3).Udp(4000, 53).Payload(1, 2, 3, 4);

    [Fact]
    public void Read_Plain_FillsTheFields()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_udp, out ParsedPacket packet));
        Assert.Equal(((UInt128)0x0A000005, (UInt128)0xCB007107), (packet.Source, packet.Destination));
        Assert.Equal((PacketKind.IPv4, (ushort)0x0800, (byte)17, (byte)3), (packet.Kind, packet.EtherType, packet.Protocol, packet.HopLimit));
        Assert.Equal((0, 20, 12), (packet.NetworkOffset, packet.TransportOffset, packet.TransportOctets));
        Assert.Equal(PacketTraits.Ports, packet.Traits);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(15)]
    public void Read_HeaderLengthOutsideThePacket_IsMalformed(int words) => Assert.Equal(Reason.Malformed, Parsing.RawIp(s_udp.HeaderLength(words)));

    /// <summary>Where no header follows whose own lengths would not fit either.</summary>
    [Theory]
    [InlineData(0, Reason.Malformed)]
    [InlineData(4, Reason.Malformed)]
    [InlineData(5, Reason.NotEvaluated)]
    public void Read_HeaderLengthBelowTheMinimum_IsMalformed(int words, Reason reason) =>
        Assert.Equal(reason, Parsing.RawIp(PacketBuilder.Ip("10.0.0.5", "203.0.113.7").Protocol(253).PayloadOfLength(40).HeaderLength(words)));

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(6)]
    public void Read_OtherVersionInAFrame_IsMalformed(int version) =>
        Assert.Equal(Reason.Malformed, Parsing.Ethernet(s_udp.Version(version).Ethernet()));

    [Theory]
    [InlineData(0)]
    [InlineData(19)]
    [InlineData(33)]
    [InlineData(65535)]
    public void Read_TotalLengthBelowHeaderOrBeyondPacket_IsMalformed(int octets) =>
        Assert.Equal(Reason.Malformed, Parsing.RawIp(s_udp.TotalLength(octets)));

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    public void Read_Short_IsMalformed(int octets) => Assert.Equal(Reason.Malformed, Parsing.RawIp(s_udp.Truncate(octets)));

    [Fact]
    public void Read_SegmentationOffload_TakesTheOriginalLength()
    {
        ParserOptions options = new() { SegmentationOffload = true };
        byte[] bytes = PacketBuilder.Ip("10.0.0.5", "203.0.113.7").Tcp(1, 2, TcpFlags.Ack).PayloadOfLength(100).TotalLength(0);
        Assert.Equal(Reason.NotEvaluated, PacketParser.Parse(bytes.AsSpan(0, 60), 70_000, LinkType.RawIp, options, out ParsedPacket packet));
        Assert.Equal((69_980, 69_960u), (packet.TransportOctets, packet.TcpPayloadOctets));
    }

    [Fact]
    public void Read_Options_ShiftTheTransport()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_udp.IPv4Options(7, 7, 4, 0, 0, 0, 0, 0), out ParsedPacket packet));
        Assert.Equal((28, (ushort)4000, PacketTraits.Ports), (packet.TransportOffset, packet.SourcePort, packet.Traits));
    }

    [Fact]
    public void Read_RouterAlert_IsNoted()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_udp.RouterAlert(), out ParsedPacket packet));
        Assert.True(packet.Has(PacketTraits.RouterAlert));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_udp.IPv4Options(148, 4, 0, 0, 148, 4, 0, 0), out ParsedPacket twice));
        Assert.True(twice.Has(PacketTraits.RouterAlert));
    }

    [Fact]
    public void Read_OptionsAndNothingElse_IsWhole()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(PacketBuilder.Ip("10.0.0.5", "203.0.113.7").Protocol(253).IPv4Options(1, 1, 1, 1), out ParsedPacket packet));
        Assert.Equal((24, 0), (packet.TransportOffset, packet.TransportOctets));
    }

    [Theory]
    [InlineData(131)]
    [InlineData(137)]
    public void Read_SourceRoute_IsDeniedUnlessAllowed(byte option)
    {
        byte[] bytes = s_udp.IPv4Options(1, option, 7, 4, 10, 0, 0, 1);
        Assert.Equal(Reason.IpOptions, Parsing.RawIp(bytes));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(bytes, new ParserOptions { AllowSourceRoute = true }));
    }

    [Theory]
    [InlineData(new byte[] { 7, 0, 0, 0 })]
    [InlineData(new byte[] { 7, 1, 0, 0 })]
    [InlineData(new byte[] { 7, 5, 0, 0 })]
    [InlineData(new byte[] { 1, 1, 1, 7 })]
    [InlineData(new byte[] { 1, 7, 4, 0 })]
    [InlineData(new byte[] { 7, 3, 0, 7, 6, 0, 0, 0 })]
    public void Read_BrokenOptions_AreMalformed(byte[] options) => Assert.Equal(Reason.Malformed, Parsing.RawIp(s_udp.IPv4Options(options)));

    [Fact]
    public void Read_SourceRouteBehindEndOfOptions_IsNoOption() =>
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_udp.IPv4Options(0, 131, 3, 4)));

    [Theory]
    [InlineData(4)]
    [InlineData(41)]
    [InlineData(47)]
    [InlineData(50)]
    [InlineData(51)]
    [InlineData(58)]
    [InlineData(253)]
    public void Read_OtherProtocol_IsNotLookedInto(byte protocol)
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(PacketBuilder.Ip("10.0.0.1", "10.0.0.2").Protocol(protocol), out ParsedPacket packet));
        Assert.Equal((protocol, PacketTraits.None, (ushort)0), (packet.Protocol, packet.Traits, packet.DestinationPort));
    }

    [Fact]
    public void Land_SameAddressAndPort_IsDenied()
    {
        PacketBuilder self = PacketBuilder.Ip("10.0.0.5", "10.0.0.5");
        Assert.Equal(Reason.Land, Parsing.RawIp(self.Tcp(139, 139)));
        Assert.Equal(Reason.Land, Parsing.RawIp(self.EchoRequest()));
        Assert.Equal(Reason.Land, Parsing.RawIp(self.Protocol(253)));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(self.Tcp(1000, 139)));
        Assert.Equal(Reason.Land, Parsing.RawIp(PacketBuilder.Ip("2001:db8::1", "2001:db8::1").Udp(7, 7)));
    }
}
