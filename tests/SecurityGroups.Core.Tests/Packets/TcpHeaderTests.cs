using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Packets;

/// <summary>Rows F01 to F11 and T17 of behaviour.md, as far as they are form.</summary>
public sealed class TcpHeaderTests
{
    private const TcpFlags SynAck = TcpFlags.Syn | TcpFlags.Ack;

    private static readonly PacketBuilder s_ip = PacketBuilder.Ip("10.0.0.5", "203.0.113.7");

    [Fact]
    public void Read_Segment_FillsTheFields()
    {
        byte[] bytes = s_ip.Tcp(40000, 443, TcpFlags.Ack | TcpFlags.Psh, 0xFFFFFF00, 5001, 1234).PayloadOfLength(100);
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(bytes, out ParsedPacket packet));
        Assert.Equal(((ushort)40000, (ushort)443, TcpFlags.Ack | TcpFlags.Psh), (packet.SourcePort, packet.DestinationPort, packet.TcpFlags));
        Assert.Equal((0xFFFFFF00, 5001u, (ushort)1234, 100u), (packet.TcpSequence, packet.TcpAcknowledgment, packet.TcpWindow, packet.TcpPayloadOctets));
    }

    [Theory]
    [InlineData((byte)(TcpFlags.None))]
    [InlineData((byte)(TcpFlags.Syn | TcpFlags.Fin))]
    [InlineData((byte)(TcpFlags.Syn | TcpFlags.Rst))]
    [InlineData((byte)(TcpFlags.Fin | TcpFlags.Rst))]
    [InlineData((byte)(TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Ack))]
    [InlineData((byte)(TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Urg))]
    [InlineData((byte)(TcpFlags.Fin))]
    [InlineData((byte)(TcpFlags.Urg))]
    [InlineData((byte)(TcpFlags.Psh))]
    [InlineData((byte)(SynAck | TcpFlags.Urg))]
    [InlineData((byte)(TcpFlags.Rst | TcpFlags.Urg))]
    public void F01_F02_F03_FlagsThatNoStackSends_AreDenied(byte flags) => Assert.Equal(Reason.BadFlags, Parsing.RawIp(s_ip.Tcp(1, 2, (TcpFlags)flags)));

    [Theory]
    [InlineData((byte)(TcpFlags.Syn))]
    [InlineData((byte)(SynAck))]
    [InlineData((byte)(TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr))]
    [InlineData((byte)(TcpFlags.Syn | TcpFlags.Psh))]
    [InlineData((byte)(TcpFlags.Syn | TcpFlags.Urg))]
    [InlineData((byte)(TcpFlags.Rst))]
    [InlineData((byte)(TcpFlags.Rst | TcpFlags.Ack | TcpFlags.Psh))]
    [InlineData((byte)(TcpFlags.Fin | TcpFlags.Ack | TcpFlags.Urg))]
    [InlineData((byte)(TcpFlags.Ack | TcpFlags.Urg))]
    public void F04_F06_F07_FlagsThatStacksSend_Pass(byte flags) => Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(1, 2, (TcpFlags)flags)));

    [Fact]
    public void F05_ReservedBits_AreIgnored()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(1, 2, TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr).PatchTransport(12, 0x51)));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(1, 2, TcpFlags.Ack).PatchTransport(12, 0x5F)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(15)]
    public void F08_DataOffsetOutsideTheSegment_IsMalformed(int words) => Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ip.Tcp(1, 2).TcpDataOffset(words)));

    [Fact]
    public void F08_SegmentShorterThanItsHeader_IsMalformed() => Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ip.Protocol(6, new byte[19])));

    [Theory]
    [InlineData(0, 443)]
    [InlineData(443, 0)]
    public void F09_PortZero_IsMalformedUnlessAllowed(int source, int destination)
    {
        Assert.Equal(Reason.Malformed, Parsing.RawIp(s_ip.Tcp(source, destination)));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(source, destination), new ParserOptions { AllowPortZero = true }));
    }

    [Theory]
    [InlineData(new byte[] { 3, 3, 7, 8, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 3, 3, 7, 8, 1, 0, 0, 0 })]
    [InlineData(new byte[] { 3, 3, 7, 8, 10, 0, 0, 0 })]
    [InlineData(new byte[] { 3, 3, 7, 1, 1, 1, 1, 8 })]
    public void F10_BrokenOption_EndsTheWalkNotThePacket(byte[] options)
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(1, 2, TcpFlags.Syn, options: options), out ParsedPacket packet));
        Assert.True(packet.Has(PacketTraits.WindowScale));
        Assert.Equal(7, packet.TcpWindowScale);
    }

    [Fact]
    public void F11_WrongChecksum_IsDeniedOnlyWhenVerified()
    {
        PacketBuilder bad = s_ip.Tcp(1, 2).TransportChecksum(0x1234);
        Assert.Equal(Reason.BadChecksum, Parsing.RawIp(bad, Parsing.Strict));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(bad));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(14, 14)]
    [InlineData(15, 14)]
    [InlineData(255, 14)]
    public void T17_WindowScale_IsAtMost14(byte offered, byte scale)
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(1, 2, SynAck, options: [1, 3, 3, offered]), out ParsedPacket packet));
        Assert.True(packet.Has(PacketTraits.WindowScale));
        Assert.Equal(scale, packet.TcpWindowScale);
    }

    [Fact]
    public void Options_OfAPlainPacket_OfferNothing()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(1, 2, TcpFlags.Ack, options: [3, 3, 7, 4, 2]), out ParsedPacket packet));
        Assert.Equal((PacketTraits.Ports, (byte)0), (packet.Traits, packet.TcpWindowScale));
    }

    [Fact]
    public void SackPermitted_InASyn_IsNoted()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(1, 2, options: [2, 4, 5, 180, 4, 2, 1, 1]), out ParsedPacket packet));
        Assert.Equal(PacketTraits.Ports | PacketTraits.SackPermitted, packet.Traits);
    }

    [Theory]
    [InlineData(100u, 200u, 300u, 300u)]
    [InlineData(100u, 300u, 200u, 300u)]
    [InlineData(0xFFFFFF00u, 0xFFFFFFF0u, 0x10u, 0x10u)]
    [InlineData(0x100u, 0xFFFFFFF0u, 0x80u, 0x100u)]
    public void Sack_HighestRightEdge_IsComparedFromTheAcknowledgment(uint acknowledgment, uint first, uint second, uint highest)
    {
        byte[] options = [1, 1, 8, 10, .. new byte[8], 1, 1, 5, 18, .. new byte[4], .. Octets(first), .. new byte[4], .. Octets(second)];
        byte[] bytes = s_ip.Tcp(1, 2, TcpFlags.Ack, 0, acknowledgment, options: options);
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(bytes, out ParsedPacket packet));
        Assert.Equal((PacketTraits.Ports | PacketTraits.Sack, highest), (packet.Traits, packet.TcpSackHighest));
    }

    /// <summary>One block takes as many octets as the timestamp that most segments carry, which is skipped.</summary>
    [Fact]
    public void Sack_OneBlock_IsNoTimestamp()
    {
        byte[] options = [1, 1, 5, 10, .. new byte[4], .. Octets(500)];
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(1, 2, TcpFlags.Ack, 0, 100, options: options), out ParsedPacket packet));
        Assert.Equal((PacketTraits.Ports | PacketTraits.Sack, 500u), (packet.Traits, packet.TcpSackHighest));
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(1, 2, TcpFlags.Rst, 0, 100, options: options), out packet));
        Assert.Equal((PacketTraits.Ports, 0u), (packet.Traits, packet.TcpSackHighest));
    }

    [Fact]
    public void Sack_Twice_IsTheFirst()
    {
        byte[] options = [5, 10, .. new byte[4], .. Octets(500), 5, 10, .. new byte[4], .. Octets(900)];
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(1, 2, TcpFlags.Ack, 0, 100, options: options), out ParsedPacket packet));
        Assert.Equal(500u, packet.TcpSackHighest);
    }

    [Fact]
    public void Sack_WithoutBlocks_HidesNoneThatFollow()
    {
        byte[] options = [5, 2, 5, 10, .. new byte[4], .. Octets(500)];
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(1, 2, TcpFlags.Ack, 0, 100, options: options), out ParsedPacket packet));
        Assert.Equal(500u, packet.TcpSackHighest);
    }

    [Fact]
    public void Offers_MadeTwice_Stand()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(1, 2, options: [3, 3, 7, 3, 3, 8, 4, 2, 4, 2]), out ParsedPacket packet));
        Assert.Equal((PacketTraits.Ports | PacketTraits.SackPermitted | PacketTraits.WindowScale, 8), (packet.Traits, packet.TcpWindowScale));
    }

    [Fact]
    public void Sack_OfNoWholeBlocks_IsNone()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_ip.Tcp(1, 2, TcpFlags.Ack, options: [5, 8, 0, 0, 0, 0, 0, 9]), out ParsedPacket packet));
        Assert.Equal((PacketTraits.Ports, 0u), (packet.Traits, packet.TcpSackHighest));
    }

    private static byte[] Octets(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
