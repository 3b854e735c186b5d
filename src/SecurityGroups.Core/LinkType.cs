namespace SecurityGroups;

/// <summary>What the bytes handed to the firewall begin with. There is no default: the host must say.</summary>
public enum LinkType : byte
{
    /// <summary>An Ethernet header, with or without VLAN tags; no frame check sequence.</summary>
    Ethernet = 1,

    /// <summary>An IPv4 or IPv6 header.</summary>
    RawIp = 2,
}
