namespace SecurityGroups.Packets;

/// <summary>Facts of a packet that are true or false.</summary>
[Flags]
internal enum PacketTraits : ushort
{
    None = 0,

    /// <summary>Part of a datagram in several pieces: offset 0 with more to come, or a later fragment. An IPv6 atomic fragment is not one.</summary>
    Fragment = 1 << 0,

    /// <summary>Offset above 0: no transport header was read.</summary>
    LaterFragment = 1 << 1,

    /// <summary>At least one IPv6 extension header was walked (an atomic fragment header included).</summary>
    ExtensionHeaders = 1 << 2,

    /// <summary>An IPv4 option or an IPv6 hop-by-hop option asks routers to look (RFC 2113, RFC 2711).</summary>
    RouterAlert = 1 << 3,

    /// <summary>The captured octets end before the headers do although the original packet was longer (replay only).</summary>
    HeadersCut = 1 << 4,

    /// <summary>TCP: the segment offers selective acknowledgment.</summary>
    SackPermitted = 1 << 5,

    /// <summary>TCP: the segment carries a SACK block; its highest right edge is in <see cref="ParsedPacket.TcpSackHighest"/>.</summary>
    Sack = 1 << 6,

    /// <summary>TCP: the segment offers a window scale (RFC 7323).</summary>
    WindowScale = 1 << 7,

    /// <summary>The protocol is tcp, udp, udplite, sctp or dccp and its ports were read.</summary>
    Ports = 1 << 8,

    /// <summary>ICMP or ICMPv6; type, code and, for queries, identifier were read.</summary>
    Icmp = 1 << 9,

    /// <summary>ICMP error (v4 3, 4, 5, 11, 12; v6 1 to 4): a quoted packet follows the 8-octet header.</summary>
    IcmpError = 1 << 10,

    /// <summary>A later fragment with nothing behind it: it says how long the datagram is.</summary>
    LastFragment = 1 << 11,
}
