using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Packets;

/// <summary>What is plain; that the parser says the same of it is held by <see cref="Properties.ParserProperties"/>.</summary>
public sealed class PlainPacketTests
{
    private static readonly byte[] s_timestamps = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2];

    [Theory]
    [InlineData("10.0.0.5", "203.0.113.7", 20, false)]
    [InlineData("10.0.0.5", "203.0.113.7", 20, true)]
    [InlineData("2001:db8::5", "2001:db8:1::7", 40, false)]
    [InlineData("2001:db8::5", "2001:db8:1::7", 40, true)]
    public void TryRead_FillsTheFields(string source, string destination, int ipHeader, bool hasTimestamps)
    {
        byte[] options = hasTimestamps ? s_timestamps : [];
        PacketBuilder ip = PacketBuilder.Ip(source, destination)
            .Tcp(40000, 443, TcpFlags.Ack | TcpFlags.Psh, 0xFFFFFF00, 5001, 1234, options).PayloadOfLength(100);
        foreach ((byte[] bytes, LinkType linkType, ulong mac) in new[] { (ip.Build(), LinkType.RawIp, 0UL), (ip.Ethernet().Build(), LinkType.Ethernet, 0x020000000001UL) })
        {
            PlainPacket segment = default;
            Assert.True(PlainPacket.TryRead(bytes, linkType, ref segment));
            Assert.Equal((mac, (ushort)40000, (ushort)443), (segment.SourceMac, segment.SourcePort, segment.DestinationPort));
            Assert.Equal((0xFFFFFF00, 5001u, (ushort)1234, 100u), (segment.Sequence, segment.Acknowledgment, segment.Window, segment.PayloadOctets));
            Assert.Equal(ipHeader + 20 + options.Length + 100, segment.IpOctets);
            Assert.Equal(ipHeader == 20 ? Ethertype.IPv4 : Ethertype.IPv6, segment.Ethertype);
        }
    }

    [Theory]
    [InlineData("10.0.0.5", "203.0.113.7", 28)]
    [InlineData("2001:db8::5", "2001:db8:1::7", 48)]
    public void TryRead_Udp_FillsTheFields(string source, string destination, int headers)
    {
        // A length below the IP packet's leaves a rest that belongs to nobody.
        foreach (PacketBuilder udp in new[] { PacketBuilder.Ip(source, destination).Udp(5000, 53).PayloadOfLength(9), PacketBuilder.Ip(source, destination).Udp(5000, 53).PayloadOfLength(9).UdpLength(12) })
        {
            PlainPacket segment = default;
            Assert.True(PlainPacket.TryRead(udp.Ethernet().Build(), LinkType.Ethernet, ref segment));
            Assert.Equal((ProtocolNumbers.Udp, false, headers + 9), (segment.Protocol, segment.IsSyn, segment.IpOctets));
            Assert.Equal((0x020000000001UL, (ushort)5000, (ushort)53), (segment.SourceMac, segment.SourcePort, segment.DestinationPort));
        }
    }

    [Theory]
    [InlineData(new byte[0], 0, false, false)]
    [InlineData(new byte[] { 2, 4, 5, 180 }, 0, false, false)]
    [InlineData(new byte[] { 1, 3, 3, 8 }, 8, true, false)]
    [InlineData(new byte[] { 3, 3, 255, 0, 4, 2, 0, 0 }, 14, true, false)]
    [InlineData(new byte[] { 3, 3, 9, 3, 3, 0, 4, 2 }, 0, true, true)]
    [InlineData(new byte[] { 4, 3, 0, 3, 4, 7, 7, 1 }, 0, false, false)]
    [InlineData(new byte[] { 4, 2, 9, 9, 3, 3, 7, 1 }, 0, false, true)]
    [InlineData(new byte[] { 4, 2, 1, 3 }, 0, false, true)]
    [InlineData(new byte[] { 2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7 }, 7, true, true)]
    [InlineData(new byte[] { 2, 4, 5, 180, 1, 3, 3, 6, 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 4, 2, 0, 0 }, 6, true, true)]
    public void TryRead_Syn_FillsWhatItOffers(byte[] options, byte scale, bool offersScale, bool offersSack)
    {
        foreach (string[] ends in new string[][] { ["10.0.0.5", "203.0.113.7"], ["2001:db8::5", "2001:db8:1::7"] })
        {
            byte[] bytes = PacketBuilder.Ip(ends[0], ends[1]).Tcp(1, 2, TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr, 77, options: options).PayloadOfLength(9);
            PlainPacket segment = default;
            Assert.True(PlainPacket.TryRead(bytes, LinkType.RawIp, ref segment));
            Assert.Equal((true, 77u, 9u, scale), (segment.IsSyn, segment.Sequence, segment.PayloadOctets, segment.Offers.WindowScale));
            Assert.Equal(
                (offersScale ? PacketTraits.WindowScale : 0) | (offersSack ? PacketTraits.SackPermitted : 0), segment.Offers.Traits);
        }
    }

    [Theory]
    [InlineData("10.0.0.5", "203.0.113.7")]
    [InlineData("2001:db8::5", "2001:db8:1::7")]
    public void TryRead_WhatTakesASecondLook_IsNotPlain(string source, string destination)
    {
        PacketBuilder ip = PacketBuilder.Ip(source, destination);
        PacketBuilder plain = Tcp(ip);
        PacketBuilder[] others =
        [
            ip.Udp(0, 2), ip.Udp(1, 0), ip.Udp(1, 2).UdpLength(7), ip.Udp(1, 2).UdpLength(9), ip.Udp(1, 2).Fragment(0, more: true), PacketBuilder.Ip(source, source).Udp(1, 2), ip.UdpLite(1, 2),
            Tcp(ip, TcpFlags.Syn | TcpFlags.Urg), Tcp(ip, TcpFlags.Syn).TcpDataOffset(4), Tcp(ip, TcpFlags.Syn).TcpDataOffset(6),
            Tcp(ip, TcpFlags.Syn).Fragment(0, more: true), Tcp(ip, TcpFlags.Syn, source: 0), Tcp(ip, TcpFlags.Ack | TcpFlags.Syn), Tcp(ip, TcpFlags.Ack | TcpFlags.Fin), Tcp(ip, TcpFlags.Ack | TcpFlags.Rst),
            Tcp(ip, TcpFlags.Ack | TcpFlags.Urg), Tcp(ip, TcpFlags.Psh), Tcp(ip, source: 0), Tcp(ip, destination: 0), Tcp(PacketBuilder.Ip(source, source)),
            Tcp(ip, options: [1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2]), Tcp(ip, options: [1, 1, 1, 1]), Tcp(ip, options: [.. s_timestamps, 1, 1, 1, 1]),
            plain.Fragment(0, more: true), plain.Fragment(8, more: false), plain.RouterAlert(), plain.Version(5), plain.Ethernet().Vlan(5), plain.Ethernet().EtherType(0x0806),
        ];
        Assert.True(IsPlain(plain));
        Assert.True(IsPlain(plain.Ethernet()));
        Assert.All(others, other => Assert.False(IsPlain(other)));
    }

    [Theory]
    [InlineData("10.0.0.5", "203.0.113.7")]
    [InlineData("2001:db8::5", "2001:db8:1::7")]
    public void TryRead_OfEveryLength_IsPlainWhenAllIsThere(string source, string destination)
    {
        using GuardedOctets? guard = GuardedOctets.TryCreate();
        PacketBuilder ip = PacketBuilder.Ip(source, destination);
        PacketBuilder[] packets = [ip.Udp(1, 2), Tcp(ip), Tcp(ip, options: s_timestamps), Tcp(ip, TcpFlags.Syn), Tcp(ip, TcpFlags.Syn, options: s_timestamps)];
        foreach (PacketBuilder packet in packets)
        {
            byte[] bytes = packet.PayloadOfLength(3).Ethernet();
            for (int length = 0; length <= bytes.Length; length++)
            {
                PlainPacket segment = default;
                ReadOnlySpan<byte> octets = guard is null ? bytes.AsSpan(0, length) : guard.Place(bytes.AsSpan(0, length));
                Assert.Equal(length == bytes.Length, PlainPacket.TryRead(octets, LinkType.Ethernet, ref segment));
            }
        }
    }

    private static PacketBuilder Tcp(PacketBuilder ip, TcpFlags flags = TcpFlags.Ack, int source = 1, int destination = 2, byte[]? options = null) =>
        ip.Tcp(source, destination, flags, options: options);

    private static bool IsPlain(PacketBuilder packet)
    {
        byte[] bytes = packet.Build();
        PlainPacket segment = default;
        bool isRaw = bytes[0] >> 4 != 0;
        return PlainPacket.TryRead(bytes, isRaw ? LinkType.RawIp : LinkType.Ethernet, ref segment);
    }
}
