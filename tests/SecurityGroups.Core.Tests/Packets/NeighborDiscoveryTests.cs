using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Packets;

/// <summary>The form of ICMPv6 133 to 137; row I17 of behaviour.md.</summary>
public sealed class NeighborDiscoveryTests
{
    private static readonly PacketBuilder[] s_all =
    [
        PacketBuilder.RouterSolicitation("fe80::5"), PacketBuilder.RouterAdvertisement("fe80::5"), PacketBuilder.NeighborSolicitation("fe80::5", "fe80::7"),
        PacketBuilder.NeighborAdvertisement("fe80::5", "fe80::5"), PacketBuilder.Redirect("fe80::1", "fe80::5"),
    ];

    public static TheoryData<int> Messages => [.. Enumerable.Range(0, s_all.Length)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Check_GoodMessage_Passes(int message) => Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_all[message], Parsing.Strict));

    [Theory]
    [MemberData(nameof(Messages))]
    public void Check_ForwardedOrCodedMessage_IsDenied(int message)
    {
        Assert.Equal(Reason.BadNeighborDiscovery, Parsing.RawIp(s_all[message].HopLimit(254)));
        Assert.Equal(Reason.BadNeighborDiscovery, Parsing.RawIp(s_all[message].PatchTransport(1, 1)));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Check_FragmentOrExtensionHeader_IsDenied(int message)
    {
        Assert.Equal(Reason.BadNeighborDiscovery, Parsing.RawIp(s_all[message].Fragment(0, true)));
        Assert.Equal(Reason.BadNeighborDiscovery, Parsing.RawIp(s_all[message].Fragment(0, false)));
        Assert.Equal(Reason.BadNeighborDiscovery, Parsing.RawIp(s_all[message].HopByHop()));
    }

    [Theory]
    [InlineData(134, 15)]
    [InlineData(135, 23)]
    [InlineData(136, 23)]
    [InlineData(137, 39)]
    public void Check_ShortMessage_IsDenied(byte type, int octets) => Assert.Equal(
        Reason.BadNeighborDiscovery,
        Parsing.RawIp(PacketBuilder.Ip("fe80::1", "fe80::5").HopLimit(255).Protocol(58, [type, .. new byte[octets - 1]])));

    [Theory]
    [InlineData("2001:db8::1", Reason.BadNeighborDiscovery)]
    [InlineData("fec0::1", Reason.BadNeighborDiscovery)]
    [InlineData("::", Reason.BadNeighborDiscovery)]
    [InlineData("febf::1", Reason.NotEvaluated)]
    public void Check_RouterAdvertisementAndRedirect_NeedLinkLocalSource(string source, Reason reason)
    {
        Assert.Equal(reason, Parsing.RawIp(PacketBuilder.RouterAdvertisement(source)));
        Assert.Equal(reason, Parsing.RawIp(PacketBuilder.Redirect(source, "fe80::5")));
    }

    [Fact]
    public void Check_SolicitationAndAdvertisement_FillTheTarget()
    {
        UInt128 target = new(0x20010db800000000, 7);
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(PacketBuilder.NeighborSolicitation("::", "2001:db8::7"), out ParsedPacket packet));
        Assert.Equal(target, packet.NeighborTarget);
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(PacketBuilder.NeighborAdvertisement("fe80::5", "2001:db8::7"), out packet));
        Assert.Equal(target, packet.NeighborTarget);
        Assert.Equal(Reason.NotEvaluated, Parsing.RawIp(s_all[4], out packet));
        Assert.Equal(UInt128.Zero, packet.NeighborTarget);
    }

    [Fact]
    public void Check_MulticastTarget_IsDenied() =>
        Assert.Equal(Reason.BadNeighborDiscovery, Parsing.RawIp(PacketBuilder.NeighborSolicitation("fe80::5", "ff02::1", "ff02::1")));

    [Theory]
    [InlineData(new byte[] { 1, 1, 2, 0, 0, 0, 0, 5 }, Reason.NotEvaluated)]
    [InlineData(new byte[] { 1, 0, 2, 0, 0, 0, 0, 5 }, Reason.BadNeighborDiscovery)]
    [InlineData(new byte[] { 1, 2, 2, 0, 0, 0, 0, 5 }, Reason.BadNeighborDiscovery)]
    [InlineData(new byte[] { 1 }, Reason.BadNeighborDiscovery)]
    public void Check_Options_HaveLengthsThatFit(byte[] options, Reason reason)
    {
        byte[] target = [0xFE, 0x80, .. new byte[13], 7];
        Assert.Equal(reason, Parsing.RawIp(PacketBuilder.NeighborSolicitation("fe80::5", "fe80::7").Payload([.. target, .. options])));
    }
}
