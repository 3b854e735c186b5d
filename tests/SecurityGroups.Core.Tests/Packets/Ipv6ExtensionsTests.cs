using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Packets;

/// <summary>Rows X01 to X08 of behaviour.md, as far as they are form.</summary>
public sealed class Ipv6ExtensionsTests
{
    private static readonly PacketBuilder s_ip = PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7");

    [Fact]
    public void Read_Plain_FillsTheFields()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.HopLimit(9).Udp(4000, 53), out ParsedPacket packet));
        Assert.Equal(new UInt128(0x20010db800000000, 5), packet.Source);
        Assert.Equal(new UInt128(0x20010db800010000, 7), packet.Destination);
        Assert.Equal((PacketKind.IPv6, (ushort)0x86DD, (byte)17, (byte)9), (packet.Kind, packet.EtherType, packet.Protocol, packet.HopLimit));
        Assert.Equal((40, 8, PacketTraits.Ports), (packet.TransportOffset, packet.TransportOctets, packet.Traits));
    }

    [Fact]
    public void X01_HopByHopAndDestinationOptions_LeadToTcp()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.HopByHop().DestinationOptions().Tcp(40000, 22), out ParsedPacket packet));
        Assert.Equal(((byte)6, (ushort)22, 56), (packet.Protocol, packet.DestinationPort, packet.TransportOffset));
        Assert.Equal(PacketTraits.Ports | PacketTraits.ExtensionHeaders, packet.Traits);
    }

    [Fact]
    public void X02_HopByHopNotFirst_IsDenied()
    {
        Assert.Equal(Reason.BadExtensionHeader, Parsing.RawIp(s_ip.DestinationOptions().HopByHop().Udp(1, 2)));
        Assert.Equal(Reason.BadExtensionHeader, Parsing.RawIp(s_ip.HopByHop().HopByHop().Udp(1, 2)));
    }

    [Fact]
    public void X03_RoutingTypeZero_IsDenied_OthersAreWalked()
    {
        Assert.Equal(Reason.BadExtensionHeader, Parsing.RawIp(s_ip.Routing(0).Udp(1, 2)));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Routing(2).Udp(1, 2), out ParsedPacket packet));
        Assert.Equal((ushort)2, packet.DestinationPort);
    }

    /// <summary>RPL's and segment routing's headers (RFC 6554, RFC 8754) show the rules an intermediate address while segments are left.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void X03_SourceRouteWithSegmentsLeft_NeedsTheOption(byte type)
    {
        ParserOptions allowed = new() { AllowSourceRoute = true };
        Assert.Equal(Reason.BadExtensionHeader, Parsing.RawIp(s_ip.Routing(type, 1).Udp(1, 2)));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Routing(type).Udp(1, 2)));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Routing(type, 1).Udp(1, 2), allowed));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Routing(2, 1).Udp(1, 2)));
        Assert.Equal(Reason.BadExtensionHeader, Parsing.RawIp(s_ip.Routing(0, 1).Udp(1, 2), allowed));
    }

    [Theory]
    [InlineData(8, Reason.NotEvaluated)]
    [InlineData(9, Reason.ExtensionHeaderLimit)]
    public void X04_MoreThanEightHeaders_AreDenied(int headers, Reason reason) =>
        Assert.Equal(reason, Parsing.RawIp(Enumerable.Range(0, headers).Aggregate(s_ip, (chain, _) => chain.DestinationOptions()).Udp(1, 2)));

    [Theory]
    [InlineData(120, Reason.NotEvaluated)]
    [InlineData(128, Reason.ExtensionHeaderLimit)]
    public void X04_MoreThan256Octets_AreDenied(int secondOctets, Reason reason)
    {
        byte[] first = [0, 16, 1, 132, .. new byte[132]];
        byte[] second = [0, (byte)((secondOctets / 8) - 1), 1, (byte)(secondOctets - 4), .. new byte[secondOctets - 4]];
        Assert.Equal(reason, Parsing.RawIp(s_ip.Extension(60, first).Extension(60, second).Udp(1, 2)));
    }

    [Fact]
    public void X05_AuthenticationHeader_IsCountedInFourOctetUnits()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Authentication().Tcp(40000, 22), out ParsedPacket packet));
        Assert.Equal(((byte)6, (ushort)22, 64), (packet.Protocol, packet.DestinationPort, packet.TransportOffset));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void AuthenticationHeader_TooShortOrUneven_IsMalformed(byte lengthField) =>
        Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ip.Extension(51, [0, lengthField, .. new byte[(lengthField * 4) + 6]]).Tcp(40000, 22)));

    [Fact]
    public void X06_Esp_EndsTheWalk()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.DestinationOptions().Protocol(50, 1, 2, 3), out ParsedPacket packet));
        Assert.Equal(((byte)50, 3), (packet.Protocol, packet.TransportOctets));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void X07_NoNextHeader_EndsTheWalk(int octets)
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Protocol(59, new byte[octets]), out ParsedPacket packet));
        Assert.Equal(((byte)59, octets), (packet.Protocol, packet.TransportOctets));
    }

    [Fact]
    public void X08_Jumbogram_IsMalformed()
    {
        PacketBuilder jumbo = s_ip.HopByHop(0xC2, 4, 0, 1, 0, 0).Udp(1, 2);
        Assert.Equal(Reason.Malformed, Parsing.RawIp(jumbo.TotalLength(0)));
        Assert.Equal(Reason.Malformed, Parsing.RawIp(jumbo));
    }

    [Theory]
    [InlineData(135)]
    [InlineData(139)]
    [InlineData(140)]
    public void Walk_MobilityHipAndShim6_LeadToTheTransport(byte number)
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Extension(number, [0, 1, .. new byte[14]]).Udp(1, 2), out ParsedPacket packet));
        Assert.Equal(((byte)17, (ushort)2), (packet.Protocol, packet.DestinationPort));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(43)]
    [InlineData(44)]
    [InlineData(51)]
    [InlineData(60)]
    public void Walk_HeaderBeyondThePayload_IsMalformed(byte number)
    {
        Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ip.Protocol(number)));
        Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ip.Protocol(number, 17, 0, 1, 0, 0, 0, 0)));
        Assert.Equal(number == 44 ? Reason.NotEvaluated : Reason.Malformed, Parsing.RawIp(s_ip.Protocol(number, [59, 9, .. new byte[6]])));
    }

    [Theory]
    [InlineData(new byte[] { 5, 5, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 3, 0, 0, 0, 5 })]
    [InlineData(new byte[] { 1, 0, 9, 3, 0, 0 })]
    public void Options_BeyondTheirHeader_AreMalformed(byte[] options)
    {
        Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ip.Extension(0, [0, 0, .. options]).Udp(1, 2)));
        Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ip.Extension(60, [0, 0, .. options]).Udp(1, 2)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public void Options_OfPadOneAlone_AreWhole(byte number) =>
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Extension(number, [0, 1, .. new byte[14]]).Udp(1, 2)));

    [Fact]
    public void RouterAlert_CountsOnlyHopByHop()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.RouterAlert().Udp(1, 2), out ParsedPacket packet));
        Assert.True(packet.Has(PacketTraits.RouterAlert));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.HopByHop(5, 2, 0, 0, 5, 2, 0, 0).Udp(1, 2), out ParsedPacket twice));
        Assert.True(twice.Has(PacketTraits.RouterAlert));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.DestinationOptions(5, 2, 0, 0).Udp(1, 2), out packet));
        Assert.False(packet.Has(PacketTraits.RouterAlert));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(65535)]
    public void Read_PayloadLengthBeyondThePacket_IsMalformed(int octets) =>
        Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ip.Udp(1, 2).TotalLength(octets)));

    [Fact]
    public void Read_IcmpOfTheOtherFamily_IsNotIcmp()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Protocol(1, 8, 0), out ParsedPacket packet));
        Assert.Equal(PacketTraits.None, packet.Traits);
    }
}
