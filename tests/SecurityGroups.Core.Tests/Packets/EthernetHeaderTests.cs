using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Packets;

public sealed class EthernetHeaderTests
{
    private static readonly PacketBuilder s_udp = PacketBuilder.Ip("10.0.0.5", "203.0.113.7").Udp(4000, 53).Payload(1, 2, 3).Ethernet("02:00:00:00:00:aa", "02:00:00:00:00:bb");

    [Fact]
    public void Read_Untagged_FillsAddressesAndOffset()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.Ethernet(s_udp, out ParsedPacket packet));
        Assert.Equal((0x0200000000AAul, 0x0200000000BBul), (packet.SourceMac, packet.DestinationMac));
        Assert.Equal((14, 0x0800, PacketKind.IPv4, 0u), (packet.NetworkOffset, packet.EtherType, packet.Kind, packet.VlanIds));
    }

    [Theory]
    [InlineData((ushort)0x8100)]
    [InlineData((ushort)0x88A8)]
    [InlineData((ushort)0x9100)]
    public void Read_OneTag_NamesItsVlan(ushort tagType)
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.Ethernet(s_udp.Vlan(0xE007, tagType), out ParsedPacket packet));
        Assert.Equal((7u, 18, (ushort)4000), (packet.VlanIds, packet.NetworkOffset, packet.SourcePort));
    }

    [Theory]
    [InlineData(5, 9, (5u << 12) | 9)]
    [InlineData(0, 9, 9u)]
    [InlineData(5, 0, 5u)]
    [InlineData(0, 0, 0u)]
    [InlineData(4095, 4095, 0xFFFFFFu)]
    public void Read_TwoTags_NameOuterAndInner_AndVlanZeroIsNone(int outer, int inner, uint vlanIds)
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.Ethernet(s_udp.Vlan(outer, 0x88A8).Vlan(inner), out ParsedPacket packet));
        Assert.Equal((vlanIds, 22), (packet.VlanIds, packet.NetworkOffset));
    }

    [Fact]
    public void Read_ThreeTags_AreMalformed() => Assert.Equal(Reason.Malformed, Parsing.Ethernet(s_udp.Vlan(0).Vlan(0).Vlan(0)));

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    public void Read_ShortFrame_IsMalformed(int octets) => Assert.Equal(Reason.Malformed, Parsing.Ethernet(s_udp.Truncate(octets)));

    [Theory]
    [InlineData(14)]
    [InlineData(17)]
    [InlineData(21)]
    public void Read_ShortTag_IsMalformed(int octets) => Assert.Equal(Reason.Malformed, Parsing.Ethernet(s_udp.Vlan(1).Vlan(2).Truncate(octets)));

    [Theory]
    [InlineData((ushort)0x0026)]
    [InlineData((ushort)0x05FF)]
    [InlineData((ushort)0x88CC)]
    public void Read_OtherEthertype_IsNotLookedInto(ushort etherType)
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.Ethernet(PacketBuilder.Frame(etherType, 0x45, 0), out ParsedPacket packet));
        Assert.Equal((PacketKind.Other, etherType, 14), (packet.Kind, packet.EtherType, packet.NetworkOffset));
    }

    [Fact]
    public void Read_TagAndNothingElse_IsWhole()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.Ethernet(PacketBuilder.Frame(0x88CC).Vlan(5), out ParsedPacket packet));
        Assert.Equal((PacketKind.Other, 5u, 18), (packet.Kind, packet.VlanIds, packet.NetworkOffset));
    }

    [Fact]
    public void Read_EthertypeOfOtherFamily_IsMalformed()
    {
        Assert.Equal(Reason.Malformed, Parsing.Ethernet(s_udp.EtherType(0x86DD)));
        Assert.Equal(Reason.Malformed, Parsing.Ethernet(PacketBuilder.Ip("2001:db8::1", "2001:db8::2").Udp(1, 2).Ethernet().EtherType(0x0800)));
    }

    [Fact]
    public void Read_Padding_IsNotPartOfThePacket()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.Ethernet(s_udp.Padding(15), out ParsedPacket packet));
        Assert.Equal((11, 31), (packet.TransportOctets, packet.IpOctets));
    }
}
