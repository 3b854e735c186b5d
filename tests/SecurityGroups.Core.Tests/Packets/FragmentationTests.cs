using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Packets;

/// <summary>Rows G05, G06, G09, G10 and G14 of behaviour.md, and what the tracker of fragments needs.</summary>
public sealed class FragmentationTests
{
    private static readonly PacketBuilder s_ipv6 = PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7");

    public static TheoryData<string, string> Families => new() { { "10.0.0.5", "203.0.113.7" }, { "2001:db8::5", "2001:db8:1::7" } };

    [Theory]
    [MemberData(nameof(Families))]
    public void FirstFragment_WithWholeHeader_IsRead(string source, string destination)
    {
        byte[] bytes = PacketBuilder.Ip(source, destination).Udp(4000, 53).UdpLength(3000).PayloadOfLength(16).Fragment(0, true, 0x1234);
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(bytes, out ParsedPacket packet));
        Assert.True(packet.Has(PacketTraits.Fragment) && packet.Has(PacketTraits.Ports) && !packet.Has(PacketTraits.LaterFragment));
        Assert.Equal((0x1234u, 0, (ushort)53, 24), (packet.FragmentIdentification, packet.FragmentOffset, packet.DestinationPort, packet.TransportOctets));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void LaterFragment_HasNoTransportHeader(string source, string destination)
    {
        byte[] bytes = PacketBuilder.Ip(source, destination).Udp(4000, 53).PayloadOfLength(16).Fragment(1480, true, 0x1234);
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(bytes, out ParsedPacket packet));
        Assert.True(packet.Has(PacketTraits.Fragment) && packet.Has(PacketTraits.LaterFragment) && !packet.Has(PacketTraits.Ports));
        Assert.Equal((0x1234u, 1480, (byte)17, 16), (packet.FragmentIdentification, packet.FragmentOffset, packet.Protocol, packet.TransportOctets));
        Assert.Equal((0, 0), (packet.SourcePort, packet.DestinationPort));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void G05_FirstFragmentWithoutWholeTransportHeader_IsTiny(string source, string destination)
    {
        PacketBuilder ip = PacketBuilder.Ip(source, destination);
        byte[] tcp = [0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal(Reason.TinyFragment, Parsing.RawIp(ip.Protocol(6, tcp[..8]).Fragment(0, true)));
        Assert.Equal(Reason.TinyFragment, Parsing.RawIp(ip.Protocol(6, tcp[..16]).Fragment(0, true)));
        Assert.Equal(Reason.TinyFragment, Parsing.RawIp(ip.Protocol(6, tcp).Fragment(0, true)));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(ip.Protocol(6, [.. tcp, .. new byte[8]]).Fragment(0, true)));
        Assert.Equal(Reason.TinyFragment, Parsing.RawIp(ip.Protocol(132, tcp[..8]).Fragment(0, true)));
        Assert.Equal(Reason.TinyFragment, Parsing.RawIp(ip.Protocol(253).Fragment(0, true)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void G06_LaterFragmentInsideTheTransportHeader_IsTiny(string source, string destination)
    {
        PacketBuilder ip = PacketBuilder.Ip(source, destination).PayloadOfLength(24);
        Assert.Equal(Reason.TinyFragment, Parsing.RawIp(ip.Tcp(1, 2).PayloadOfLength(24).Fragment(8, false)));
        Assert.Equal(Reason.TinyFragment, Parsing.RawIp(ip.Tcp(1, 2).PayloadOfLength(24).Fragment(16, true)));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(ip.Tcp(1, 2).PayloadOfLength(24).Fragment(24, true)));
        Assert.Equal(Reason.TinyFragment, Parsing.RawIp(ip.Sctp(1, 2).PayloadOfLength(24).Fragment(8, true)));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(ip.Udp(1, 2).PayloadOfLength(24).Fragment(8, true)));
    }

    [Fact]
    public void LaterFragment_ToItsOwnAddress_SharesTheFateOfTheFirst()
    {
        PacketBuilder self = PacketBuilder.Ip("10.0.0.5", "10.0.0.5").Udp(7, 7).UdpLength(3000).PayloadOfLength(16);
        Assert.Equal(Reason.Land, Parsing.RawIp(self.Fragment(0, true)));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(self.Fragment(1480, true)));
    }

    [Fact]
    public void G09_AtomicFragment_IsAWholePacket()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ipv6.Fragment(0, false, 5).Udp(4000, 53), out ParsedPacket packet));
        Assert.Equal(PacketTraits.Ports | PacketTraits.ExtensionHeaders, packet.Traits);
        Assert.Equal((5u, (ushort)53), (packet.FragmentIdentification, packet.DestinationPort));
    }

    [Fact]
    public void G10_FirstFragmentWithoutWholeHeaderChain_IsTiny()
    {
        Assert.Equal(Reason.TinyFragment, Parsing.RawIp(s_ipv6.Fragment(0, true).DestinationOptions().ProtocolNumber(17)));
        Assert.Equal(Reason.TinyFragment, Parsing.RawIp(s_ipv6.Fragment(0, true).Protocol(60)));
        Assert.Equal(Reason.TinyFragment, Parsing.RawIp(s_ipv6.Fragment(0, true).Protocol(60, 17, 1, 1, 4, 0, 0, 0, 0)));
    }

    /// <summary>Cut anywhere before the end of its chain, upper header and options included, a first fragment is tiny (RFC 7112).</summary>
    [Fact]
    public void G10_FirstFragmentCutAnywhereInItsChain_IsTiny()
    {
        byte[] options = [6, 2, 1, 4, 0, 0, 0, 0, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] tcp = [0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0xA0, 2, 0, 0, 0, 0, 0, 0, .. new byte[20]];
        byte[] authentication = [60, 4, .. new byte[22]];
        byte[] chain = [.. authentication, .. options, .. tcp];
        PacketBuilder ip = s_ipv6.HopByHop().Routing(2).Fragment(0, true);
        for (int octets = 0; octets < chain.Length; octets += 8)
        {
            Assert.Equal(Reason.TinyFragment, Parsing.RawIp(ip.Protocol(51, chain[..octets])));
        }

        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(ip.Protocol(51, chain), out ParsedPacket packet));
        Assert.Equal((2, 6, chain.Length - tcp.Length), (packet.DestinationPort, packet.Protocol, packet.TransportOffset - packet.FragmentDataOffset));
    }

    /// <summary>Of an upper header that is not read, something must be there; nothing follows "no next header".</summary>
    [Theory]
    [InlineData(50, Reason.TinyFragment)]
    [InlineData(47, Reason.TinyFragment)]
    [InlineData(253, Reason.TinyFragment)]
    [InlineData(59, Reason.NotEvaluated)]
    public void G10_FirstFragmentThatEndsBeforeItsUpperHeader_IsTiny(byte protocol, Reason expected)
    {
        byte[] options = [protocol, 0, 1, 4, 0, 0, 0, 0];
        Assert.Equal(expected, Parsing.RawIp(s_ipv6.Fragment(0, true).Protocol(60, options)));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ipv6.Fragment(0, true).Protocol(60, [.. options, .. new byte[8]])));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ipv6.Protocol(60, options)));
    }

    [Fact]
    public void TwoFragmentHeaders_AreDenied()
    {
        PacketBuilder twice = PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7").Extension(44, new byte[8]).Fragment(0, false).Udp(1, 2);
        Assert.Equal(Reason.BadExtensionHeader, Parsing.RawIp(twice));
        Assert.Equal(Reason.BadExtensionHeader, Parsing.RawIp(s_ipv6.Fragment(0, true).Extension(44, new byte[8]).Udp(1, 2)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void G14_FragmentBeyondTheLargestDatagram_IsMalformed(string source, string destination)
    {
        PacketBuilder icmp = PacketBuilder.Ip(source, destination).Protocol(253);
        Assert.Equal(Reason.Malformed, Parsing.RawIp(icmp.PayloadOfLength(8).Fragment(65528, false)));
        Assert.Equal(Reason.Malformed, Parsing.RawIp(icmp.PayloadOfLength(400).Fragment(65200, false)));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(icmp.PayloadOfLength(300).Fragment(65200, false)));
    }

    /// <summary>The length field counts the header in IPv4, and in IPv6 the extension headers before the fragment's.</summary>
    [Theory]
    [InlineData("10.0.0.5", "203.0.113.7", 65_535 - 20 - 65_200)]
    [InlineData("2001:db8::5", "2001:db8:1::7", 65_535 - 65_200)]
    public void G14_FragmentUpToTheLargestDatagram_Passes(string source, string destination, int octets)
    {
        PacketBuilder ip = PacketBuilder.Ip(source, destination).Protocol(253);
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(ip.PayloadOfLength(octets).Fragment(65_200, false)));
        Assert.Equal(Reason.Malformed, Parsing.RawIp(ip.PayloadOfLength(octets + 1).Fragment(65_200, false)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void InspectedOctets_AreTheTransportHeaderWithItsOptions(string source, string destination)
    {
        PacketBuilder ip = PacketBuilder.Ip(source, destination);
        (PacketBuilder Packet, int Octets)[] rows =
        [
            (ip.Tcp(1, 2), 20),
            (ip.Tcp(1, 2).TcpDataOffset(8), 32),
            (ip.Udp(1, 2), 8),
            (ip.UdpLite(1, 2), 8),
            (ip.Sctp(1, 2), 12),
            (ip.Dccp(1, 2).PatchTransport(4, 7), 28),
            (ip.EchoRequest(), 8),
            (ip.Protocol(253), 0),
        ];
        foreach ((PacketBuilder packet, int octets) in rows)
        {
            byte[] bytes = packet.PayloadOfLength(40);
            Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(bytes, out ParsedPacket parsed));
            Assert.Equal(octets, TransportHeader.InspectedOctets(bytes, parsed));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void FragmentWithMoreToCome_OfUnevenLength_IsMalformed(string source, string destination)
    {
        PacketBuilder udp = PacketBuilder.Ip(source, destination).Udp(4000, 53).UdpLength(3000);
        Assert.Equal(Reason.Malformed, Parsing.RawIp(udp.PayloadOfLength(17).Fragment(0, true)));
        Assert.Equal(Reason.Malformed, Parsing.RawIp(udp.PayloadOfLength(17).Fragment(1480, true)));
        Assert.Equal(Reason.Malformed, Parsing.RawIp(udp.PayloadOfLength(0).Fragment(1480, true)));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(udp.PayloadOfLength(17).Fragment(1480, false)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Checksum_OfAFragment_IsNotVerified(string source, string destination)
    {
        PacketBuilder ip = PacketBuilder.Ip(source, destination);
        foreach (PacketBuilder whole in new[] { ip.Tcp(1, 2).PayloadOfLength(4), ip.Udp(1, 2), ip.Sctp(1, 2), ip.EchoRequest() })
        {
            PacketBuilder bad = whole.TransportChecksum(0x1234);
            Assert.Equal(Reason.BadChecksum, Parsing.RawIp(bad, Parsing.Strict));
            Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(bad.Fragment(0, true), Parsing.Strict));
        }
    }
}
