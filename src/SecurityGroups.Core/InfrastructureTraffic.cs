namespace SecurityGroups;

/// <summary>The traffic that a NIC needs to work at all, let through without a rule, and what is banned whatever the rules.</summary>
[Flags]
public enum InfrastructureTraffic
{
    /// <summary>Nothing: the rules alone decide.</summary>
    None = 0,

    /// <summary>ARP with owned sender addresses out, ARP in.</summary>
    Arp = 1 << 0,

    /// <summary>ICMPv6 neighbor and router discovery, types 133 to 136 (RFC 4861).</summary>
    NeighborDiscovery = 1 << 1,

    /// <summary>ICMPv6 multicast listener discovery, types 130 to 132 and 143 (RFC 2710, RFC 3810).</summary>
    MulticastListener = 1 << 2,

    /// <summary>DHCPv4 requests out and the answers to them in.</summary>
    DhcpV4 = 1 << 3,

    /// <summary>DHCPv6 requests out and answers from the link in.</summary>
    DhcpV6 = 1 << 4,

    /// <summary>IGMP with TTL 1 to the local multicast range.</summary>
    Igmp = 1 << 5,

    /// <summary>Ban: DHCP server answers sent by the instance.</summary>
    BanDhcpServer = 1 << 6,

    /// <summary>Ban: router advertisements sent by the instance.</summary>
    BanRouterAdvertisement = 1 << 7,

    /// <summary>Also let redirects (ICMPv6 137) in; off by default.</summary>
    RedirectIngress = 1 << 8,

    /// <summary>Everything but <see cref="RedirectIngress"/>: the default.</summary>
    Default = Arp | NeighborDiscovery | MulticastListener | DhcpV4 | DhcpV6 | Igmp | BanDhcpServer | BanRouterAdvertisement,
}
