namespace SecurityGroups;

/// <summary>Why a packet got its verdict. The list is closed; metrics, statistics and the tool print the names in camelCase.</summary>
public enum Reason : byte
{
    /// <summary>Deny: no decision was made; the value of <c>default(Decision)</c>.</summary>
    NotEvaluated = 0,

    /// <summary>Allow: a rule admitted the packet.</summary>
    MatchedRule,

    /// <summary>Allow: the packet belongs to a tracked connection.</summary>
    Established,

    /// <summary>Allow: an ICMP error about a tracked connection.</summary>
    Related,

    /// <summary>Allow: infrastructure traffic (ARP, neighbor discovery, DHCP and the like) that needs no rule.</summary>
    Infrastructure,

    /// <summary>Allow: the NIC has <c>nicSecurity</c> off; the packet was not read.</summary>
    NicSecurityOff,

    /// <summary>Allow: the packet belongs to a connection but touches neither its state nor its timers.</summary>
    PassIgnored,

    /// <summary>Deny: lengths, versions or fields contradict each other.</summary>
    Malformed,

    /// <summary>Deny: a combination of TCP flags that no stack sends.</summary>
    BadFlags,

    /// <summary>Deny: a checksum is wrong; only when checksums are verified.</summary>
    BadChecksum,

    /// <summary>Deny: neither IPv4, IPv6, ARP nor an ethertype listed in the options.</summary>
    EthertypeNotAllowed,

    /// <summary>Deny: a VLAN tag that the NIC does not list.</summary>
    VlanNotAllowed,

    /// <summary>Deny: an IPv6 extension header out of place, repeated or of a forbidden kind, a source route among them (RFC 8200, RFC 5095).</summary>
    BadExtensionHeader,

    /// <summary>Deny: more IPv6 extension headers, or longer ones, than the limit.</summary>
    ExtensionHeaderLimit,

    /// <summary>Deny: an IPv4 source route option (RFC 7126).</summary>
    IpOptions,

    /// <summary>Deny: source and destination are the same address (and port).</summary>
    Land,

    /// <summary>Deny: a source address that no packet may carry.</summary>
    Martian,

    /// <summary>Deny: neighbor discovery that breaks RFC 4861 (hop limit, code, fragment, source).</summary>
    BadNeighborDiscovery,

    /// <summary>Deny: a first fragment without its whole transport header, or a later one inside it (RFC 1858, RFC 3128).</summary>
    TinyFragment,

    /// <summary>Deny: fragments of one datagram overlap (RFC 5722).</summary>
    OverlappingFragment,

    /// <summary>Deny: a later fragment whose first fragment is not known.</summary>
    LaterFragmentWithoutFirst,

    /// <summary>Deny: no room to remember another fragmented datagram.</summary>
    FragmentTableFull,

    /// <summary>Deny: the NIC sends from an address, or a MAC, that is not its own.</summary>
    SpoofedSource,

    /// <summary>Deny: the destination is not an address of this NIC.</summary>
    NotForThisNic,

    /// <summary>Deny: infrastructure traffic that no instance may send (DHCP answers, router advertisements).</summary>
    InfrastructureBan,

    /// <summary>Deny: no connection, and the packet cannot open one, or the connection's state forbids it.</summary>
    InvalidState,

    /// <summary>Deny: a TCP packet without SYN and without connection; pick-up would admit it.</summary>
    NotSyn,

    /// <summary>Deny: a TCP sequence number outside the window.</summary>
    OutOfWindow,

    /// <summary>Deny: a TCP acknowledgment of data that was never sent.</summary>
    InvalidAcknowledgment,

    /// <summary>Deny: a TCP reset whose sequence number proves nothing (RFC 5961).</summary>
    InvalidReset,

    /// <summary>Deny: an ICMP error that belongs to no tracked connection.</summary>
    UnrelatedIcmp,

    /// <summary>Deny: more ICMP errors than the NIC's rate limit.</summary>
    IcmpRateLimit,

    /// <summary>Deny: the connection was admitted once, but the policy no longer allows it.</summary>
    PolicyRevoked,

    /// <summary>Deny: no room for another connection.</summary>
    ConnectionTableFull,

    /// <summary>Deny: too many half-open connections.</summary>
    HalfOpenLimit,

    /// <summary>Deny: the NIC's own share of the connection table is used up.</summary>
    NicQuota,

    /// <summary>Deny: no rule matched.</summary>
    NoMatchingRule,

    /// <summary>Deny: the NIC of this handle was removed.</summary>
    NicRemoved,

    /// <summary>Deny: the firewall was disposed.</summary>
    FirewallDisposed,
}
