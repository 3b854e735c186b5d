using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Packets;

/// <summary>UDP, UDP-Lite, SCTP and DCCP; rows U09 and U10 of behaviour.md.</summary>
public sealed class DatagramHeaderTests
{
    private static readonly PacketBuilder s_ip = PacketBuilder.Ip("10.0.0.5", "203.0.113.7");
    private static readonly PacketBuilder s_ipv6 = PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7");

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(65535)]
    public void U09_UdpLengthBelow8OrBeyondThePayload_IsMalformed(int octets) =>
        Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ip.Udp(4000, 53).PayloadOfLength(4).UdpLength(octets)));

    [Fact]
    public void U09_UdpLengthBelowThePayload_Passes() => Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Udp(4000, 53).PayloadOfLength(4).UdpLength(9)));

    [Fact]
    public void U10_UdpWithoutPayload_Passes() => Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Udp(4000, 53), Parsing.Strict));

    [Theory]
    [InlineData(17, 7)]
    [InlineData(136, 7)]
    [InlineData(132, 11)]
    [InlineData(33, 11)]
    public void Read_ShorterThanItsHeader_IsMalformed(byte protocol, int octets) =>
        Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ip.Protocol(protocol, [0, 1, 0, 2, .. new byte[octets - 4]])));

    [Fact]
    public void Read_DestinationPortZero_IsMalformedUnlessAllowed_SourceMayBeZero()
    {
        foreach (Func<int, int, PacketBuilder> build in new Func<int, int, PacketBuilder>[] { s_ip.Udp, s_ip.UdpLite, s_ip.Sctp, s_ip.Dccp })
        {
            Assert.Equal(Reason.Malformed, Parsing.RawIp(build(5, 0)));
            Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(build(5, 0), new ParserOptions { AllowPortZero = true }));
            Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(build(0, 5), out ParsedPacket packet));
            Assert.Equal((PacketTraits.Ports, (ushort)5), (packet.Traits, packet.DestinationPort));
        }
    }

    [Theory]
    [InlineData(0, Reason.NotEvaluated)]
    [InlineData(8, Reason.NotEvaluated)]
    [InlineData(12, Reason.NotEvaluated)]
    [InlineData(7, Reason.Malformed)]
    [InlineData(13, Reason.Malformed)]
    public void UdpLite_Coverage_IsNoLengthButWithinThePayload(byte coverage, Reason reason) =>
        Assert.Equal(reason, Parsing.RawIp(s_ip.UdpLite(4000, 53).PayloadOfLength(4).PatchTransport(4, 0, coverage)));

    [Fact]
    public void UdpLite_Checksum_CoversOnlyItsCoverage()
    {
        // Zeros behind the coverage leave the sum as it is, so the packet built with full cover is right with partial cover too.
        PacketBuilder partial = s_ip.UdpLite(4000, 53).PayloadOfLength(4).PatchTransport(4, 0, 8);
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(partial, Parsing.Strict));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(partial.Patch(20 + 9, 99), Parsing.Strict));
        Assert.Equal(Reason.BadChecksum, Parsing.RawIp(partial.Patch(20 + 1, 99), Parsing.Strict));
        Assert.Equal(Reason.BadChecksum, Parsing.RawIp(s_ip.UdpLite(4000, 53).PayloadOfLength(4).Patch(20 + 9, 99), Parsing.Strict));
    }

    [Fact]
    public void Checksum_ZeroMeansNone_InUdpOverIPv4Only()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Udp(1, 2).TransportChecksum(0), Parsing.Strict));
        Assert.Equal(Reason.BadChecksum, Parsing.RawIp(s_ipv6.Udp(1, 2).TransportChecksum(0), Parsing.Strict));
        Assert.Equal(Reason.BadChecksum, Parsing.RawIp(s_ip.UdpLite(1, 2).TransportChecksum(0), Parsing.Strict));
    }

    [Fact]
    public void Checksum_Wrong_IsDeniedOnlyWhenVerified()
    {
        foreach (PacketBuilder good in new[] { s_ip.Udp(1, 2).Payload(1, 2, 3), s_ipv6.Udp(1, 2).Payload(9), s_ip.Sctp(1, 2), s_ipv6.Sctp(1, 2) })
        {
            Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(good, Parsing.Strict));
            Assert.Equal(Reason.BadChecksum, Parsing.RawIp(good.TransportChecksum(0x5555), Parsing.Strict));
            Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(good.TransportChecksum(0x5555)));
        }
    }

    [Fact]
    public void Checksum_OfTheIPv4Header_IsDeniedOnlyWhenVerified()
    {
        PacketBuilder bad = s_ip.IPv4Options(1, 1, 1, 0).Udp(1, 2).HeaderChecksum(1);
        Assert.Equal(Reason.BadChecksum, Parsing.RawIp(bad, Parsing.Strict));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(bad));
    }

    [Theory]
    [InlineData(2, 0, Reason.Malformed)]
    [InlineData(3, 0, Reason.NotEvaluated)]
    [InlineData(3, 1, Reason.Malformed)]
    [InlineData(4, 1, Reason.NotEvaluated)]
    [InlineData(5, 1, Reason.NotEvaluated)]
    [InlineData(6, 1, Reason.Malformed)]
    public void Dccp_DataOffset_IsWithinHeaderAndPacket(byte words, byte extended, Reason reason) =>
        Assert.Equal(reason, Parsing.RawIp(s_ip.Dccp(1, 2).PatchTransport(4, words).PatchTransport(8, extended)));
}
