using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public sealed class FragmentKeyTests
{
    private static readonly ParsedPacket s_fragment = new()
    {
        Kind = PacketKind.IPv4,
        EtherType = 0x0800,
        Source = 1,
        Destination = 2,
        FragmentIdentification = 3,
        FragmentProtocol = 17,
        VlanIds = 0xABCDEF,
    };

    private static readonly ParsedPacket s_fragmentIPv6 = s_fragment with { Kind = PacketKind.IPv6, EtherType = 0x86DD };

    [Fact]
    public void From_KeepsZoneFamilyAndDirection()
    {
        foreach (Direction direction in (Direction[])[Direction.Egress, Direction.Ingress])
        {
            FragmentKey key = FragmentKey.From(s_fragment, direction, uint.MaxValue);
            Assert.Equal((uint.MaxValue, Ethertype.IPv4, direction), (key.Zone, key.Ethertype, key.Direction));
            key = FragmentKey.From(s_fragmentIPv6, direction, 7);
            Assert.Equal((7u, Ethertype.IPv6, direction), (key.Zone, key.Ethertype, key.Direction));
        }
    }

    /// <summary>RFC 791 tells datagrams apart by their protocol, RFC 8200 4.5 does not: as the receiver does, or headers could be rewritten.</summary>
    [Fact]
    public void Equals_OfAnotherProtocol_IsTheSameDatagramInIPv6Only()
    {
        Assert.False(AreEqual(s_fragment, s_fragment with { FragmentProtocol = 6 }));
        Assert.True(AreEqual(s_fragmentIPv6, s_fragmentIPv6 with { FragmentProtocol = 6 }));
    }

    [Fact]
    public void Equals_WhereAnythingElseDiffers_IsAnotherDatagram()
    {
        Assert.True(AreEqual(s_fragment, s_fragment with { TransportOctets = 99, FragmentOffset = 8, Protocol = 99 }));
        ParsedPacket[] others =
        [
            s_fragment with { Source = (UInt128)1 << 64 },
            s_fragment with { Destination = 3 },
            s_fragment with { FragmentIdentification = 4 },
            s_fragment with { VlanIds = 0xABCDEE },
            s_fragment with { VlanIds = 0x2BCDEF },
            s_fragmentIPv6,
        ];
        Assert.All(others, other => Assert.False(AreEqual(s_fragment, other)));
        FragmentKey key = FragmentKey.From(s_fragment, Direction.Egress, 5);
        Assert.False(key.Equals(FragmentKey.From(s_fragment, Direction.Ingress, 5)));
        Assert.False(key.Equals(FragmentKey.From(s_fragment, Direction.Egress, 6)));
    }

    [Fact]
    public void ToPacket_ShowsWhatEveryLaterFragmentShows()
    {
        ParsedPacket[] fragments = [s_fragment, s_fragmentIPv6];
        foreach (ParsedPacket fragment in fragments)
        {
            ParsedPacket packet = FragmentKey.From(fragment, Direction.Egress, 5).ToPacket(17);
            Assert.Equal((fragment.Kind, fragment.EtherType, fragment.VlanIds), (packet.Kind, packet.EtherType, packet.VlanIds));
            Assert.Equal((fragment.Source, fragment.Destination, (byte)17), (packet.Source, packet.Destination, packet.Protocol));
            Assert.True(packet.Has(PacketTraits.Fragment) && packet.Has(PacketTraits.LaterFragment));
        }
    }

    private static bool AreEqual(in ParsedPacket one, in ParsedPacket other) =>
        FragmentKey.From(one, Direction.Egress, 5).Equals(FragmentKey.From(other, Direction.Egress, 5));
}
