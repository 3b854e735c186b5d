using SecurityGroups.Match;
using SecurityGroups.Packets;

namespace SecurityGroups.Guard;

/// <summary>
/// The traffic a NIC needs to work at all, admitted without a rule, and what it may never send whatever the rules (semantics.md 37-39,
/// decisions.md). Called after the address checks: a source that comes here has passed. Nothing here is tracked.
/// </summary>
internal static class InfrastructureGuard
{
    private const long AnswerWindowMilliseconds = 60_000;

    /// <summary>Whether the packet is banned: DHCP answers and router advertisements out, redirects in.</summary>
    public static bool IsBanned(in ParsedPacket packet, Direction direction, InfrastructureTraffic switches)
    {
        if (packet.Protocol == ProtocolNumbers.IcmpV6 && packet.Kind == PacketKind.IPv6)
        {
            return direction == Direction.Egress
                ? packet.IcmpType == IcmpV6Types.RouterAdvertisement && On(switches, InfrastructureTraffic.BanRouterAdvertisement)
                : packet.IcmpType == IcmpV6Types.Redirect && !On(switches, InfrastructureTraffic.RedirectIngress);
        }

        return direction == Direction.Egress
            && On(switches, InfrastructureTraffic.BanDhcpServer)
            && SpecialAddresses.IsFromDhcpServer(packet);
    }

    /// <summary>Whether the packet passes without a rule. A DHCP request that does opens the minute in which its answer may come in.</summary>
    public static bool Admits(in ParsedPacket packet, Direction direction, NicBinding nic, NicState state, long nowMilliseconds, bool commit)
    {
        InfrastructureTraffic switches = nic.Infrastructure;
        switch (packet.Kind)
        {
            case PacketKind.Arp:
                return On(switches, InfrastructureTraffic.Arp);
            case PacketKind.Other:
                return true; // the option that lists its ethertype is the permission
            case PacketKind.IPv4 when packet.Protocol == ProtocolNumbers.Udp:
                return On(switches, InfrastructureTraffic.DhcpV4) && AdmitsDhcpV4(packet, direction, nic, state, nowMilliseconds, commit);
            case PacketKind.IPv4:
                return packet.Protocol == ProtocolNumbers.Igmp && On(switches, InfrastructureTraffic.Igmp) && IsLocalIgmp(packet);
            case PacketKind.IPv6 when packet.Protocol == ProtocolNumbers.Udp:
                return On(switches, InfrastructureTraffic.DhcpV6) && AdmitsDhcpV6(packet, direction);
            case PacketKind.IPv6:
                return packet.Protocol == ProtocolNumbers.IcmpV6 && AdmitsIcmpV6(packet, direction, nic, switches);
            default:
                return false;
        }
    }

    /// <summary>
    /// Whether an IPv6 packet without a source is what a NIC says before its first address, in the whole form that is admitted (RFC 4861,
    /// RFC 4862): router solicitation, listener reports, duplicate address detection of an owned target.
    /// </summary>
    public static bool MayBeUnspecified(in ParsedPacket packet, NicBinding nic) =>
        packet.Source == 0
        && packet.Protocol == ProtocolNumbers.IcmpV6
        && packet.IcmpType switch
        {
            IcmpV6Types.RouterSolicitation => SpecialAddresses.IsLinkMulticastV6(packet.Destination),
            IcmpV6Types.ListenerReport or IcmpV6Types.ListenerReportV2 => IsListenerForm(packet, Direction.Egress),
            IcmpV6Types.NeighborSolicitation =>
                nic.Owns(packet.NeighborTarget, Ethertype.IPv6) && packet.Destination == SpecialAddresses.SolicitedNode(packet.NeighborTarget),
            _ => false,
        };

    private static bool AdmitsDhcpV4(in ParsedPacket packet, Direction direction, NicBinding nic, NicState state, long nowMilliseconds, bool commit)
    {
        if (direction == Direction.Egress)
        {
            bool isRequest = SpecialAddresses.IsDhcpV4Request(packet);
            if (isRequest && commit)
            {
                state.DhcpRequestedAt = nowMilliseconds;
            }

            return isRequest;
        }

        // Only an answer to this NIC's own broadcast request: anyone can send from port 67. The distance counts in both directions: a clock
        // that was set back must not leave the door open until it has caught up.
        return SpecialAddresses.IsDhcpV4Answer(packet)
            && ((uint)packet.Destination == SpecialAddresses.LimitedBroadcast || nic.Owns(packet.Destination, packet.Ethertype))
            && Math.Abs(nowMilliseconds - state.DhcpRequestedAt) <= AnswerWindowMilliseconds;
    }

    private static bool AdmitsDhcpV6(in ParsedPacket packet, Direction direction) => direction == Direction.Egress
        ? SpecialAddresses.IsDhcpV6Request(packet) && SpecialAddresses.IsLinkLocalV6(packet.Source)
        : SpecialAddresses.IsDhcpV6Answer(packet) && SpecialAddresses.IsLinkLocalV6(packet.Source);

    private static bool IsLocalIgmp(in ParsedPacket packet) =>
        packet.HopLimit == 1 && SpecialAddresses.IsLinkMulticastV4(packet.Destination) && !packet.Has(PacketTraits.Fragment);

    private static bool AdmitsIcmpV6(in ParsedPacket packet, Direction direction, NicBinding nic, InfrastructureTraffic switches)
    {
        switch (packet.IcmpType)
        {
            case IcmpV6Types.ListenerQuery or IcmpV6Types.ListenerReport or IcmpV6Types.ListenerDone or IcmpV6Types.ListenerReportV2:
                return On(switches, InfrastructureTraffic.MulticastListener) && IsListenerForm(packet, direction);
            case IcmpV6Types.RouterSolicitation:
                return On(switches, InfrastructureTraffic.NeighborDiscovery)
                    && direction == Direction.Egress
                    && SpecialAddresses.IsLinkMulticastV6(packet.Destination);
            case IcmpV6Types.RouterAdvertisement:
                return On(switches, InfrastructureTraffic.NeighborDiscovery) && direction == Direction.Ingress;
            case IcmpV6Types.NeighborSolicitation:
                return On(switches, InfrastructureTraffic.NeighborDiscovery) && (direction == Direction.Ingress || AsksTarget(packet));
            case IcmpV6Types.NeighborAdvertisement:
                return On(switches, InfrastructureTraffic.NeighborDiscovery)
                    && (direction == Direction.Ingress || nic.Owns(packet.NeighborTarget, packet.Ethertype));
            case IcmpV6Types.Redirect:
                return direction == Direction.Ingress; // only comes here when switched on
            default:
                return false;
        }
    }

    // RFC 2710, RFC 3810: hop limit 1, link-local source (unspecified before the first address), Router Alert; out only to the link.
    private static bool IsListenerForm(in ParsedPacket packet, Direction direction)
    {
        bool maySendUnspecified = packet.IcmpType is IcmpV6Types.ListenerReport or IcmpV6Types.ListenerReportV2;
        return packet.HopLimit == 1
            && packet.Has(PacketTraits.RouterAlert)
            && !packet.Has(PacketTraits.Fragment)
            && (SpecialAddresses.IsLinkLocalV6(packet.Source) || (maySendUnspecified && packet.Source == 0))
            && (direction == Direction.Ingress || SpecialAddresses.IsLinkMulticastV6(packet.Destination));
    }

    private static bool AsksTarget(in ParsedPacket packet) =>
        packet.Destination == packet.NeighborTarget || packet.Destination == SpecialAddresses.SolicitedNode(packet.NeighborTarget);

    private static bool On(InfrastructureTraffic switches, InfrastructureTraffic flag) => (switches & flag) != 0;
}
