using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Properties;

/// <summary>The packets of a link besides conversations: mostly as they should be, with a random part that may be wrong.</summary>
internal static class Strays
{
    public static byte[] Packet(Step.Meet meet, Dice dice) => meet.Stray switch
    {
        Stray.Garbage => Garbage(dice),
        Stray.OtherEthertype => PacketBuilder.Frame(dice.Pick<ushort>(0x88CC, 0x0042, 0x9000, 0x88A8), 1, 2, 3, 4),
        _ => Shaped(meet, dice),
    };

    /// <summary>A stray without its link header where it may have one of the scenario's choosing; ARP always has its own.</summary>
    public static PacketBuilder? Builder(Step.Meet meet, Dice dice)
    {
        bool isEgress = meet.Direction == Direction.Egress;
        string own = isEgress ? Universe.AddressOf(meet.NicId, false, 0) : "10.0.0.1";
        string other = isEgress ? "10.0.0.1" : Universe.AddressOf(meet.NicId, false, 0);
        string own6 = dice.Weighted((50, isEgress ? LinkLocalOf(meet.NicId) : "fe80::1"), (20, isEgress ? Universe.AddressOf(meet.NicId, true, 0) : "2001:db8::1"), (15, "::"), (15, "fe80::5"));
        string target = dice.Pick(Universe.AddressOf(meet.NicId, true, 0), "2001:db8::99", LinkLocalOf(meet.NicId));
        return meet.Stray switch
        {
            Stray.Arp => Arp(meet, own, other, dice),
            Stray.Neighbor => dice.Chance(50)
                ? PacketBuilder.NeighborSolicitation(own6, target, dice.Weighted<string?>((60, null), (20, target), (20, "ff02::1")))
                : PacketBuilder.NeighborAdvertisement(own6, target, dice.Pick("ff02::1", Universe.AddressOf(meet.NicId, true, 0))),
            Stray.Router => dice.Weighted<Func<PacketBuilder>>(
                (40, () => PacketBuilder.RouterSolicitation(own6)),
                (40, () => PacketBuilder.RouterAdvertisement(own6)),
                (20, () => PacketBuilder.Redirect(own6, Universe.AddressOf(meet.NicId, true, 0))))(),
            Stray.MulticastListener => PacketBuilder.MulticastListener(dice.Pick(130, 131, 132, 143), own6, dice.Pick("ff02::16", "ff02::1", "ff05::2")),
            Stray.Igmp => PacketBuilder.Igmp(dice.Pick(own, "0.0.0.0"), dice.Pick("224.0.0.22", "224.0.1.1")),
            Stray.DhcpV4 => Dhcp(meet, own, other, dice),
            Stray.DhcpV6 => dice.Chance(50)
                ? PacketBuilder.DhcpV6Request(own6, dice.Pick("ff02::1:2", "fe80::1"))
                : PacketBuilder.DhcpV6Answer(own6, dice.Pick(LinkLocalOf(meet.NicId), "ff02::1")),
            Stray.Multicast => PacketBuilder.Ip(own, dice.Pick("239.255.255.250", "10.0.0.255", "255.255.255.255")).Udp(1_900, dice.Pick(1_900, 53)),
            _ => null,
        };
    }

    private static byte[] Shaped(Step.Meet meet, Dice dice) => Builder(meet, dice)!.Build();

    private static PacketBuilder Arp(Step.Meet meet, string own, string other, Dice dice)
    {
        string mac = meet.Direction == Direction.Egress ? Universe.MacOf(meet.NicId) : Universe.StrangerMac;
        string sender = dice.Weighted((70, own), (15, "0.0.0.0"), (15, "10.0.0.99"));
        PacketBuilder arp = dice.Chance(60)
            ? PacketBuilder.ArpRequest(mac, sender, dice.Pick(other, own))
            : PacketBuilder.ArpReply(mac, sender, Universe.StrangerMac, other);
        return dice.Chance(85) ? arp : arp.Ethernet(Universe.StrangerMac);
    }

    private static PacketBuilder Dhcp(Step.Meet meet, string own, string other, Dice dice)
    {
        bool request = dice.Chance(85) == (meet.Direction == Direction.Egress);
        return request
            ? PacketBuilder.DhcpRequest(dice.Pick("0.0.0.0", own), dice.Weighted((80, "255.255.255.255"), (20, "10.0.0.1")))
            : PacketBuilder.DhcpAnswer(own, dice.Pick("255.255.255.255", other));
    }

    private static byte[] Garbage(Dice dice)
    {
        byte[] octets = [.. Enumerable.Range(0, dice.Below(90)).Select(_ => (byte)dice.Below(256))];
        if (octets.Length > 14 && dice.Chance(70))
        {
            octets[0] = dice.Pick<byte>(0x45, 0x46, 0x60, octets[0]);
            (octets[12], octets[13]) = dice.Pick<(byte, byte)>((8, 0), (0x86, 0xDD), (8, 6), (0x81, 0));
        }

        return octets;
    }

    private static string LinkLocalOf(string nicId) => $"fe80::f816:3eff:fe00:{nicId[1]}";
}
