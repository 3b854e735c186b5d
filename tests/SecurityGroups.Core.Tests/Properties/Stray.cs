namespace SecurityGroups.Tests.Properties;

/// <summary>Packets outside conversations: what a link carries besides.</summary>
internal enum Stray
{
    Arp,
    Neighbor,
    Router,
    MulticastListener,
    Igmp,
    DhcpV4,
    DhcpV6,
    Multicast,
    OtherEthertype,
    Garbage,
}
