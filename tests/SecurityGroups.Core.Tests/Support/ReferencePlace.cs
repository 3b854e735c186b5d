namespace SecurityGroups.Tests.Support;

/// <summary>
/// Steps 1 to 5 of decisions.md after the bare form: what may be here at all, and what passes because a NIC needs it to work.
/// Every answer is a reason; null means "go on".
/// </summary>
internal sealed class ReferencePlace(Policy policy, ReferenceNic nic, FirewallOptions options, Direction direction, ReferencePacket packet, bool hasFreshDhcpRequest)
{
    private bool IsEgress => direction == Direction.Egress;

    private bool IsUdp => packet is { IsIp: true, Protocol: 17 };

    private bool IsIcmpV6 => packet is { IsIp: true, Family: Ethertype.IPv6, Protocol: 58 };

    private bool IsIPv4 => packet is { IsIp: true, Family: Ethertype.IPv4 };

    public bool IsDhcpBroadcastRequest => IsEgress && IsDhcpBroadcast;

    // A piece of a datagram is never DHCP: what follows it would not have been seen.
    private bool IsDhcpBroadcast => IsIPv4 && IsUdpFrom(68, 67) && !packet.IsFragment && packet.Destination.IsLimitedBroadcast;

    /// <summary>Neighbour discovery, 133 to 137, and MLD are never tracked.</summary>
    public bool IsLinkControl => IsIcmpV6 && packet.IcmpType is >= 130 and <= 137 or 143;

    public Reason? Decide() => Form() ?? SourceMac() ?? (packet.IsArp ? Arp() : !packet.IsIp ? OtherEthertype() : Bans() ?? Addresses() ?? Allowances());

    private Reason? Form()
    {
        if (!packet.IsIp && !packet.IsArp && !options.AllowedEthertypes.Contains((ushort)packet.EtherType))
        {
            return Reason.EthertypeNotAllowed;
        }

        return packet.VlanIds.Any(id => !nic.VlanIds.Contains(id)) ? Reason.VlanNotAllowed
            : packet.IsIp && IsMartian() ? Reason.Martian
            : null;
    }

    private bool IsMartian()
    {
        ReferenceAddress source = packet.Source;
        return !nic.OwnsStrictly(source)
            && (IsMartian(MartianSources.Multicast, source.IsMulticast, 4, 8)
                || IsMartian(MartianSources.Broadcast, nic.IsBroadcast(source), 32, 128)
                || IsMartian(MartianSources.Loopback, source.IsLoopback, 8, 128)
                || IsMartian(MartianSources.IPv4Mapped, source.IsIn("::ffff:0:0/96"), 32, 96)
                || IsMartian(MartianSources.ThisNetwork, source.IsIn("0.0.0.0/8") && !(source.IsUnspecified && IsDhcpBroadcast), 8, 128)
                || IsMartian(MartianSources.ClassE, source.IsIn("240.0.0.0/4") && !source.IsLimitedBroadcast, 4, 128));
    }

    /// <summary>One class of martians. A rule names one by a prefix that is not shorter than the class's own.</summary>
    private bool IsMartian(MartianSources martian, bool isOne, int lengthIPv4, int lengthIPv6) =>
        isOne && Martians(martian) && (IsEgress || !PrefixRuleNames(packet.Source, packet.Family == Ethertype.IPv4 ? lengthIPv4 : lengthIPv6));

    private bool Martians(MartianSources one) => (options.Martians & one) != 0;

    private bool PrefixRuleNames(ReferenceAddress source, int leastLength) => nic.Nic.SecurityGroups
        .SelectMany(id => policy.SecurityGroups[id].Rules)
        .Where(rule => rule.Ethertype == source.Family)
        .SelectMany(rule => rule.Remote.Kind == RemoteKind.AddressGroup ? policy.AddressGroups[rule.Remote.Id!].Addresses : rule.Remote.Prefix is { } one ? [one] : [])
        .Any(prefix => prefix.PrefixLength >= leastLength && source.IsIn(prefix));

    private Reason? SourceMac() => IsEgress && packet.SourceMac is { } mac && nic.Mac is { } own && mac != own ? Reason.SpoofedSource : null;

    private Reason Arp()
    {
        if (IsEgress)
        {
            ReferenceArp arp = packet.Arp!;
            bool isProbe = arp.Sender.IsUnspecified && arp.Operation == 1 && nic.Owns(arp.Target);
            if (arp.SenderMac != packet.SourceMac || !(isProbe || (!arp.Sender.IsUnspecified && nic.Owns(arp.Sender))))
            {
                return Reason.SpoofedSource;
            }
        }

        return nic.Has(InfrastructureTraffic.Arp) ? Reason.Infrastructure : Reason.NoMatchingRule;
    }

    private static Reason? OtherEthertype() => Reason.Infrastructure;

    private Reason? Bans()
    {
        bool isServer = (IsIPv4 && IsUdpFrom(67, 68)) || (!IsIPv4 && IsUdpFrom(547, 546));
        bool isBannedOut = IsEgress
            && ((isServer && nic.Has(InfrastructureTraffic.BanDhcpServer))
                || (IsIcmpV6 && packet.IcmpType == 134 && nic.Has(InfrastructureTraffic.BanRouterAdvertisement)));
        bool isRedirect = !IsEgress && IsIcmpV6 && packet.IcmpType == 137 && !nic.Has(InfrastructureTraffic.RedirectIngress);
        return isBannedOut || isRedirect ? Reason.InfrastructureBan : null;
    }

    private Reason? Addresses()
    {
        if (IsEgress)
        {
            // An advertisement for a foreign target steals traffic just as a foreign source does.
            bool isForeignAdvertisement = IsIcmpV6 && packet.IcmpType == 136 && !nic.Owns(packet.NeighborTarget!.Value);
            return (nic.Owns(packet.Source) || IsUnspecifiedAllowed()) && !isForeignAdvertisement ? null : Reason.SpoofedSource;
        }

        bool isForUs = !options.CheckDestination || nic.Owns(packet.Destination) || nic.IsOneToMany(packet.Destination);
        return isForUs ? null : Reason.NotForThisNic;
    }

    private bool IsUnspecifiedAllowed() => packet.Source.IsUnspecified
        && (IsIPv4
            ? IsDhcpBroadcast
            : IsIcmpV6 && packet.IcmpType switch
            {
                131 or 143 => IsAllowedMulticastListener(),
                133 => IsAllowedNeighborDiscovery(),
                135 => nic.Owns(packet.NeighborTarget!.Value) && packet.Destination == SolicitedNode(packet.NeighborTarget.Value),
                _ => false,
            });

    private Reason? Allowances()
    {
        bool isAllowed = (nic.Has(InfrastructureTraffic.NeighborDiscovery) && IsAllowedNeighborDiscovery())
            || (nic.Has(InfrastructureTraffic.MulticastListener) && IsAllowedMulticastListener())
            || (nic.Has(InfrastructureTraffic.RedirectIngress) && !IsEgress && IsIcmpV6 && packet.IcmpType == 137)
            || (nic.Has(InfrastructureTraffic.DhcpV4) && IsIPv4 && !packet.IsFragment && IsAllowedDhcpV4())
            || (nic.Has(InfrastructureTraffic.DhcpV6) && !IsIPv4 && !packet.IsFragment && IsAllowedDhcpV6())
            || (nic.Has(InfrastructureTraffic.Igmp) && IsIPv4 && packet is { Protocol: 2, HopLimit: 1, IsFragment: false } && packet.Destination.IsIn("224.0.0.0/24"));
        return isAllowed ? Reason.Infrastructure : null;
    }

    private bool IsAllowedNeighborDiscovery() => IsIcmpV6 && (packet.IcmpType, IsEgress) switch
    {
        (133, true) => packet.Destination.IsIn("ff02::/16"),
        (134, false) => true,
        (135, false) or (136, false) => true,
        (135, true) => packet.Destination == packet.NeighborTarget || packet.Destination == SolicitedNode(packet.NeighborTarget!.Value),
        (136, true) => nic.Owns(packet.NeighborTarget!.Value),
        _ => false,
    };

    private bool IsAllowedMulticastListener() => IsIcmpV6 && packet.IcmpType is 130 or 131 or 132 or 143
        && packet is { HopLimit: 1, HasRouterAlert: true, IsFragment: false }
        && (packet.Source.IsLinkLocal || (packet.Source.IsUnspecified && packet.IcmpType is 131 or 143))
        && (!IsEgress || packet.Destination.IsIn("ff02::/16"));

    private bool IsAllowedDhcpV4() => IsEgress
        ? IsDhcpBroadcastRequest
        : IsUdpFrom(67, 68) && hasFreshDhcpRequest && (packet.Destination.IsLimitedBroadcast || nic.Owns(packet.Destination));

    private bool IsAllowedDhcpV6() => IsEgress
        ? IsUdpFrom(546, 547) && packet.Source.IsLinkLocal && packet.Destination == ReferenceAddress.Parse("ff02::1:2")
        : IsUdpFrom(547, 546) && packet.Source.IsLinkLocal;

    private bool IsUdpFrom(int source, int destination) => IsUdp && packet.SourcePort == source && packet.DestinationPort == destination;

    private static ReferenceAddress SolicitedNode(ReferenceAddress target) =>
        new(Ethertype.IPv6, ReferenceAddress.Parse("ff02::1:ff00:0").Bits | (target.Bits & 0xFF_FFFF));
}
