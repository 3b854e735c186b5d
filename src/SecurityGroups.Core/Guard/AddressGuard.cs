using SecurityGroups.Match;
using SecurityGroups.Packets;

namespace SecurityGroups.Guard;

/// <summary>
/// Where a packet may come from and go to, before any rule: martian sources, the sender's hardware address, owned sources at egress, owned
/// destinations at ingress. Each check answers <see cref="Reason.NotEvaluated"/> when the packet passes.
/// </summary>
internal static class AddressGuard
{
    /// <summary>
    /// Sources that no packet may carry, unless the NIC owns the address or a rule names it: by a prefix inside the block that makes it a
    /// martian, for a wider one means the ordinary addresses around.
    /// </summary>
    public static Reason CheckMartian(in ParsedPacket packet, Direction direction, NicBinding nic, CompiledForm form, MartianSources switches)
    {
        MartianSources kind = SpecialAddresses.MartianKind(packet, nic);
        if ((kind & switches) == 0 || (nic.Owned is { } owned && owned.Contains(packet.Ethertype, packet.Source)))
        {
            return Reason.NotEvaluated;
        }

        bool isNamed = direction == Direction.Ingress
            && form.NamesPrefixCovering(packet.Ethertype, packet.Source, SpecialAddresses.MartianPrefixLength(kind, packet.Ethertype));
        return isNamed ? Reason.NotEvaluated : Reason.Martian;
    }

    /// <summary>Ethernet source address at egress; independent of whether addresses are checked.</summary>
    public static Reason CheckSourceMac(ulong sourceMac, NicBinding nic) =>
        nic.Mac != 0 && nic.LinkType == LinkType.Ethernet && sourceMac != nic.Mac ? Reason.SpoofedSource : Reason.NotEvaluated;

    /// <summary>Source address at egress: owned, or unspecified where a protocol begins without an address.</summary>
    public static Reason CheckSource(in ParsedPacket packet, NicBinding nic)
    {
        bool passes = packet.Kind switch
        {
            PacketKind.Arp => ArpSenderPasses(packet, nic),
            PacketKind.IPv4 => nic.Owns(packet.Source, packet.Ethertype) || (packet.Source == 0 && SpecialAddresses.IsDhcpV4Request(packet)),
            PacketKind.IPv6 => (nic.Owns(packet.Source, packet.Ethertype) || InfrastructureGuard.MayBeUnspecified(packet, nic)) && NeighborAdvertisementPasses(packet, nic),
            _ => true,
        };
        return passes ? Reason.NotEvaluated : Reason.SpoofedSource;
    }

    /// <summary>Destination address at ingress: owned, broadcast or multicast.</summary>
    public static Reason CheckDestination(in ParsedPacket packet, NicBinding nic)
    {
        if (packet.Kind is not (PacketKind.IPv4 or PacketKind.IPv6)
            || nic.Owns(packet.Destination, packet.Ethertype)
            || SpecialAddresses.IsGroupDestination(packet, nic))
        {
            return Reason.NotEvaluated;
        }

        return Reason.NotForThisNic;
    }

    // An ARP answer for a foreign address is how a neighbor's traffic is stolen; the hardware addresses must agree for the same reason.
    private static bool ArpSenderPasses(in ParsedPacket packet, NicBinding nic)
    {
        bool isProbe = packet.Source == 0 && packet.ArpOperation == 1 && nic.Owns(packet.Destination, Ethertype.IPv4);
        bool hardwareAgrees = packet.ArpSenderMac == packet.SourceMac && (nic.Mac == 0 || packet.ArpSenderMac == nic.Mac);
        return hardwareAgrees && (isProbe || (packet.Source != 0 && nic.Owns(packet.Source, Ethertype.IPv4)));
    }

    // An advertisement for a foreign target is neighbor discovery's spoofed ARP answer.
    private static bool NeighborAdvertisementPasses(in ParsedPacket packet, NicBinding nic) =>
        packet.Protocol != ProtocolNumbers.IcmpV6
        || packet.IcmpType != IcmpV6Types.NeighborAdvertisement
        || nic.Owns(packet.NeighborTarget, Ethertype.IPv6);
}
