using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Packets;

/// <summary>Rows I09, I11, I20 and I21 of behaviour.md.</summary>
public sealed class QuotedPacketTests
{
    private static readonly PacketBuilder s_ip = PacketBuilder.Ip("10.0.0.5", "203.0.113.7");
    private static readonly PacketBuilder s_ipv6 = PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7");

    [Fact]
    public void Parse_QuotedTcp_HasBothEndsAndSequence()
    {
        Assert.Equal(Reason.NotEvaluated, Quote(s_ip.Tcp(40000, 443, TcpFlags.Ack, 777, 1).PayloadOfLength(9), out QuotedPacket quoted));
        Assert.Equal(((UInt128)0x0A000005, (UInt128)0xCB007107, (byte)6), (quoted.Source, quoted.Destination, quoted.Protocol));
        Assert.Equal(((ushort)40000, (ushort)443, 777u, PacketTraits.Ports), (quoted.SourcePort, quoted.DestinationPort, quoted.TcpSequence, quoted.Traits));
    }

    [Theory]
    [InlineData(28, Reason.NotEvaluated)]
    [InlineData(27, Reason.Malformed)]
    [InlineData(20, Reason.Malformed)]
    [InlineData(19, Reason.Malformed)]
    [InlineData(0, Reason.Malformed)]
    public void I09_FewerThan8TransportOctets_AreMalformed(int octets, Reason reason) =>
        Assert.Equal(reason, Quote(s_ip.Tcp(40000, 443, TcpFlags.Ack).PayloadOfLength(900).Truncate(octets), out _));

    [Fact]
    public void I09_QuoteThatSaysItHasFewerThan8TransportOctets_IsMalformed()
    {
        Assert.Equal(Reason.Malformed, Quote(s_ip.Udp(4000, 53).TotalLength(27), out QuotedPacket quoted));
        Assert.Equal(PacketTraits.None, quoted.Traits);
    }

    [Fact]
    public void I11_QuotedError_IsUnrelated()
    {
        Assert.Equal(Reason.UnrelatedIcmp, Quote(s_ip.PortUnreachable(s_ip.Udp(4000, 53)), out QuotedPacket quoted));
        Assert.True((quoted.Traits & PacketTraits.IcmpError) != 0);
        Assert.Equal(Reason.UnrelatedIcmp, Quote(s_ipv6.PortUnreachable(s_ipv6.Udp(4000, 53)), out _));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(0)]
    public void I20_QuotedExtensionHeaders_AreWalked(int payload)
    {
        Assert.Equal(Reason.NotEvaluated, Quote(s_ipv6.HopByHop().DestinationOptions().Udp(4000, 53).PayloadOfLength(payload), out QuotedPacket quoted));
        Assert.Equal(((byte)17, (ushort)4000, (ushort)53), (quoted.Protocol, quoted.SourcePort, quoted.DestinationPort));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(40)]
    public void I21_QuotedOptions_AreSkipped(int optionOctets)
    {
        byte[] options = Enumerable.Repeat((byte)1, optionOctets).ToArray();
        Assert.Equal(Reason.NotEvaluated, Quote(s_ip.IPv4Options(options).Udp(4000, 53), out QuotedPacket quoted));
        Assert.Equal(((ushort)4000, (ushort)53), (quoted.SourcePort, quoted.DestinationPort));
    }

    [Fact]
    public void Parse_QuotedSourceRouteAndPortZero_AreOnlyRead()
    {
        Assert.Equal(Reason.NotEvaluated, Quote(s_ip.IPv4Options(131, 7, 4, 10, 0, 0, 1).Udp(0, 0), out QuotedPacket quoted));
        Assert.Equal(PacketTraits.Ports, quoted.Traits);
        Assert.Equal(Reason.NotEvaluated, Quote(s_ip.HeaderChecksum(1).Udp(4000, 53), out _));
        Assert.Equal(Reason.NotEvaluated, Quote(s_ipv6.Routing(4, 1).Udp(4000, 53), out quoted));
        Assert.Equal((ushort)53, quoted.DestinationPort);
    }

    [Fact]
    public void Parse_QuoteLongerThanItsCopy_IsRead() =>
        Assert.Equal(Reason.NotEvaluated, Quote(s_ip.Udp(4000, 53).PayloadOfLength(1400).Truncate(28), out _));

    [Fact]
    public void Parse_ExtensionsBehindTheQuote_AreIgnored()
    {
        // RFC 4884: length 32 words in the header, the quote padded to 128 octets, then an extension structure.
        byte[] quote = s_ip.Udp(4000, 53).Padding(100);
        byte[] error = PacketBuilder.Ip("203.0.113.7", "10.0.0.5").IcmpError(11, 0, [.. quote, 0x20, 0, 0, 0, 0, 8, 1, 1, 0, 0, 0, 0], 0x00200000);
        Assert.Equal(Reason.NotEvaluated, Parse(error, out QuotedPacket quoted));
        Assert.Equal((ushort)53, quoted.DestinationPort);
    }

    [Fact]
    public void Parse_QuotedQuery_HasIdentifierTypeAndCode()
    {
        Assert.Equal(Reason.NotEvaluated, Quote(s_ip.EchoRequest(7), out QuotedPacket quoted));
        Assert.Equal(((ushort)7, (ushort)0x0800, PacketTraits.Icmp), (quoted.SourcePort, quoted.DestinationPort, quoted.Traits));
        Assert.Equal(Reason.NotEvaluated, Quote(s_ipv6.EchoRequest(9), out quoted));
        Assert.Equal(((ushort)9, (ushort)0x8000, PacketTraits.Icmp), (quoted.SourcePort, quoted.DestinationPort, quoted.Traits));
    }

    [Fact]
    public void Parse_QuotedOtherThanTcpOrQuery_HasNoSequenceAndNoIdentifier()
    {
        Assert.Equal(Reason.NotEvaluated, Quote(s_ip.Udp(4000, 53).PayloadOfLength(9), out QuotedPacket quoted));
        Assert.Equal(0u, quoted.TcpSequence);
        Assert.Equal(Reason.NotEvaluated, Quote(s_ip.Icmp(9, 0, 0xABCD0001), out quoted));
        Assert.Equal(((ushort)0, (ushort)0x0900), (quoted.SourcePort, quoted.DestinationPort));
    }

    [Theory]
    [InlineData(3, 4, 0x12345678u, 0x5678u)]
    [InlineData(3, 3, 0x12345678u, 0u)]
    [InlineData(11, 4, 0x12345678u, 0u)]
    public void Parse_Mtu_IsTheLowHalfWordOfFragmentationNeeded(byte type, byte code, uint rest, uint mtu)
    {
        Assert.Equal(Reason.NotEvaluated, Parse(PacketBuilder.Ip("203.0.113.7", "10.0.0.5").IcmpError(type, code, s_ip.Udp(4000, 53), rest), out QuotedPacket quoted));
        Assert.Equal(mtu, quoted.Mtu);
    }

    [Theory]
    [InlineData(2, 0, 0x12345678u, 0x12345678u)]
    [InlineData(2, 1, 0x12345678u, 0x12345678u)]
    [InlineData(3, 4, 0x12345678u, 0u)]
    public void Parse_Mtu_IsTheWholeWordOfPacketTooBig(byte type, byte code, uint rest, uint mtu)
    {
        Assert.Equal(Reason.NotEvaluated, Parse(PacketBuilder.Ip("2001:db8:1::7", "2001:db8::5").IcmpError(type, code, s_ipv6.Udp(4000, 53), rest), out QuotedPacket quoted));
        Assert.Equal(mtu, quoted.Mtu);
    }

    [Fact]
    public void Parse_QuotedProtocolWithoutPorts_HasAddressesOnly()
    {
        Assert.Equal(Reason.NotEvaluated, Quote(s_ip.Protocol(47, new byte[8]), out QuotedPacket quoted));
        Assert.Equal(((byte)47, PacketTraits.None, (ushort)0), (quoted.Protocol, quoted.Traits, quoted.DestinationPort));
    }

    [Fact]
    public void Parse_QuotedFragments_FirstIsRead_LaterIsUnrelated()
    {
        foreach (PacketBuilder ip in new[] { s_ip, s_ipv6 })
        {
            PacketBuilder udp = ip.Udp(4000, 53).UdpLength(2000).PayloadOfLength(16);
            Assert.Equal(Reason.NotEvaluated, Quote(udp.Fragment(0, true), out QuotedPacket quoted));
            Assert.Equal((ushort)53, quoted.DestinationPort);
            Assert.Equal(Reason.UnrelatedIcmp, Quote(udp.Fragment(1480, true), out quoted));
            Assert.Equal((PacketTraits.LaterFragment, (ushort)0), (quoted.Traits, quoted.DestinationPort));
        }
    }

    [Fact]
    public void Parse_QuoteOfOtherFamily_IsMalformed()
    {
        Assert.Equal(Reason.Malformed, Parse(PacketBuilder.Ip("203.0.113.7", "10.0.0.5").PortUnreachable(s_ipv6.Udp(4000, 53)), out _));
        Assert.Equal(Reason.Malformed, Parse(PacketBuilder.Ip("2001:db8:1::7", "2001:db8::5").PortUnreachable(s_ip.Udp(4000, 53).Padding(40)), out _));
    }

    [Fact]
    public void Parse_PaddingBehindTheError_IsNoQuote() =>
        Assert.Equal(Reason.Malformed, Parse(PacketBuilder.Ip("203.0.113.7", "10.0.0.5").PortUnreachable(s_ip.Udp(4000, 53).Truncate(24)).Padding(20), out _));

    [Fact]
    public void Parse_CutCapture_IsToldFromAShortQuote()
    {
        byte[] error = PacketBuilder.Ip("203.0.113.7", "10.0.0.5").PortUnreachable(s_ip.Udp(4000, 53));
        PacketParser.Parse(error.AsSpan(0, 50), error.Length, LinkType.RawIp, default, out ParsedPacket packet);
        Assert.Equal(Reason.Malformed, QuotedPacket.Parse(error.AsSpan(0, 50), packet, out QuotedPacket quoted));
        Assert.Equal(PacketTraits.HeadersCut, quoted.Traits);
    }

    private static Reason Quote(PacketBuilder original, out QuotedPacket quoted)
    {
        byte[] octets = original;
        bool isIPv4 = octets.Length == 0 || octets[0] >> 4 == 4;
        PacketBuilder error = isIPv4 ? PacketBuilder.Ip("203.0.113.7", "10.0.0.5") : PacketBuilder.Ip("2001:db8:1::7", "2001:db8::5");
        return Parse(error.PortUnreachable(octets), out quoted);
    }

    private static Reason Parse(byte[] error, out QuotedPacket quoted)
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(error, out ParsedPacket packet));
        Assert.True(packet.Has(PacketTraits.IcmpError));
        return QuotedPacket.Parse(error, packet, out quoted);
    }
}
