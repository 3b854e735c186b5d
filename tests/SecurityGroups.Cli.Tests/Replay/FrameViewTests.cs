using System.Buffers.Binary;
using SecurityGroups.Cli.Captures;
using SecurityGroups.Cli.Replay;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Replay;

public sealed class FrameViewTests
{
    private static readonly byte[] s_ipv4 = PacketBuilder.Ip("10.0.0.1", "10.0.0.2").Udp(53, 53);
    private static readonly byte[] s_ipv6 = PacketBuilder.Ip("2001:db8::1", "2001:db8::2").Udp(53, 53);

    public static TheoryData<int, byte[]> RawLinks => new()
    {
        { LinkTypes.Raw, s_ipv4 },
        { LinkTypes.Raw, s_ipv6 },
        { LinkTypes.RawBsd, s_ipv4 },
        { LinkTypes.RawOpenBsd, s_ipv6 },
        { LinkTypes.IPv4, s_ipv4 },
        { LinkTypes.IPv6, s_ipv6 },
    };

    [Fact]
    public void Ethernet_IsShownAsItIs()
    {
        byte[] octets = PacketBuilder.Ip("10.0.0.1", "10.0.0.2").Udp(53, 53).Ethernet();
        LinkReading reading = new FrameView("c").Show(new CapturedPacket(1, 0, LinkTypes.Ethernet, 900, octets), out Frame frame);
        Assert.Equal(LinkReading.Frame, reading);
        Assert.True(frame.HasMacs);
        Assert.Equal(900, frame.OriginalLength);
        Assert.True(frame.Octets.SequenceEqual(octets));
    }

    [Theory]
    [MemberData(nameof(RawLinks))]
    public void RawIp_IsShownBehindAnEthernetHeader(int linkType, byte[] octets)
    {
        LinkReading reading = new FrameView("c").Show(new CapturedPacket(1, 0, linkType, octets.Length + 5, octets), out Frame frame);
        AssertShows(octets, reading, frame);
        Assert.Equal(octets.Length + 5 + 14, frame.OriginalLength);
    }

    [Theory]
    [InlineData(LinkTypes.LinuxCooked)]
    [InlineData(LinkTypes.LinuxCooked2)]
    public void Cooked_Ip_IsShownBehindAnEthernetHeader(int linkType)
    {
        foreach ((ushort type, byte[] octets) in ((ushort, byte[])[])[(0x0800, s_ipv4), (0x86DD, s_ipv6)])
        {
            byte[] cooked = Cooked(linkType, type, octets);
            LinkReading reading = new FrameView("c").Show(new CapturedPacket(1, 0, linkType, cooked.Length, cooked), out Frame frame);
            AssertShows(octets, reading, frame);
            Assert.Equal(octets.Length + 14, frame.OriginalLength);
        }
    }

    [Fact]
    public void Cooked_TaggedIp_KeepsItsTag()
    {
        byte[] cooked = Cooked(LinkTypes.LinuxCooked, 0x8100, [0, 100, 0x08, 0x00, .. s_ipv4]);
        Assert.Equal(LinkReading.Frame, new FrameView("c").Show(new CapturedPacket(1, 0, LinkTypes.LinuxCooked, cooked.Length, cooked), out Frame frame));
        Assert.Equal(Reason.NotEvaluated, PacketParser.Parse(frame.Octets, LinkType.Ethernet, default, out ParsedPacket packet));
        Assert.Equal(100u, packet.VlanIds);
    }

    [Theory]
    [InlineData(0x0806)]
    [InlineData(0x0004)]
    [InlineData(0x8100)]
    public void Cooked_AnythingElse_IsNotIp(int type)
    {
        byte[] cooked = Cooked(LinkTypes.LinuxCooked2, (ushort)type, [0, 1]);
        Assert.Equal(LinkReading.NotIp, new FrameView("c").Show(new CapturedPacket(1, 0, LinkTypes.LinuxCooked2, cooked.Length, cooked), out _));
    }

    [Fact]
    public void Cooked_HeaderMissing_IsCutOrNotIp()
    {
        Assert.Equal(LinkReading.Cut, new FrameView("c").Show(new CapturedPacket(1, 0, LinkTypes.LinuxCooked, 90, new byte[15]), out _));
        Assert.Equal(LinkReading.NotIp, new FrameView("c").Show(new CapturedPacket(1, 0, LinkTypes.LinuxCooked2, 19, new byte[19]), out _));
    }

    [Fact]
    public void SourceMac_OfAFrameWithoutOne_CanBeMadeUp()
    {
        FrameView view = new("c");
        view.Show(new CapturedPacket(1, 0, LinkTypes.Raw, s_ipv4.Length, s_ipv4), out Frame frame);
        view.SetSourceMac(0x0200_0000_0005);
        PacketParser.Parse(frame.Octets, LinkType.Ethernet, default, out ParsedPacket packet);
        Assert.Equal(0x0200_0000_0005ul, packet.SourceMac);
    }

    [Fact]
    public void UnknownLinkType_IsOneSentence()
    {
        CaptureException error = Assert.Throws<CaptureException>(() => new FrameView("c.pcap").Show(new CapturedPacket(3, 0, 105, 0, default), out _));
        Assert.Equal(
            "c.pcap: packet 3 has link type 105, which is not read; those that are: Ethernet (1), raw IP (12, 14, 101, 228, 229) and Linux cooked (113, 276).",
            error.Message);
    }

    [Fact]
    public void AnyOctets_OfAnyLinkType_AreShownOrNot()
    {
        Random random = new(1);
        FrameView view = new("c");
        foreach (int linkType in (int[])[1, 12, 14, 101, 113, 228, 229, 276])
        {
            for (int length = 0; length < 40; length++)
            {
                byte[] octets = new byte[length];
                random.NextBytes(octets);
                LinkReading reading = view.Show(new CapturedPacket(1, 0, linkType, int.MaxValue, octets), out Frame frame);
                Assert.True(reading != LinkReading.Frame || frame.OriginalLength >= frame.Octets.Length);
            }
        }
    }

    private static void AssertShows(byte[] ip, LinkReading reading, Frame frame)
    {
        Assert.Equal(LinkReading.Frame, reading);
        Assert.False(frame.HasMacs);
        Assert.True(frame.Octets[14..].SequenceEqual(ip));
        Assert.Equal(ip[0] >> 4 == 6 ? 0x86DD : 0x0800, BinaryPrimitives.ReadUInt16BigEndian(frame.Octets[12..]));
    }

    private static byte[] Cooked(int linkType, ushort type, byte[] payload)
    {
        byte[] header = new byte[linkType == LinkTypes.LinuxCooked ? 16 : 20];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(linkType == LinkTypes.LinuxCooked ? 14 : 0), type);
        return [.. header, .. payload];
    }
}
