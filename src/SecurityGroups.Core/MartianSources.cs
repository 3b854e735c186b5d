namespace SecurityGroups;

/// <summary>Classes of source addresses that no packet may carry; one switch each.</summary>
[Flags]
public enum MartianSources
{
    /// <summary>No source is a martian.</summary>
    None = 0,

    /// <summary>A multicast address.</summary>
    Multicast = 1 << 0,

    /// <summary>A broadcast address (255.255.255.255, or the directed broadcast of the NIC's own network).</summary>
    Broadcast = 1 << 1,

    /// <summary>127.0.0.0/8 or ::1.</summary>
    Loopback = 1 << 2,

    /// <summary>An IPv4-mapped IPv6 address (::ffff:0:0/96).</summary>
    IPv4Mapped = 1 << 3,

    /// <summary>0.0.0.0/8 other than DHCP's and ARP probe's own use.</summary>
    ThisNetwork = 1 << 4,

    /// <summary>240.0.0.0/4; off by default.</summary>
    ClassE = 1 << 5,

    /// <summary>All but <see cref="ClassE"/>: the default.</summary>
    Default = Multicast | Broadcast | Loopback | IPv4Mapped | ThisNetwork,
}
