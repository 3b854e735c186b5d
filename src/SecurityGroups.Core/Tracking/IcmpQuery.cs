using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>The ICMP messages that come in pairs of request and reply: echo, timestamp, information, address mask; ICMPv6 echo and node information.</summary>
internal static class IcmpQuery
{
    /// <summary>Whether the protocol is the family's own ICMP; the other family's is a protocol like any other.</summary>
    public static bool IsIcmp(Ethertype ethertype, byte protocol) =>
        protocol == (ethertype == Ethertype.IPv4 ? ProtocolNumbers.Icmp : ProtocolNumbers.IcmpV6);

    public static bool IsRequest(byte protocol, byte type) =>
        protocol == ProtocolNumbers.Icmp ? type is 8 or 13 or 15 or 17 : type is 128 or 139;

    public static bool IsReply(byte protocol, byte type) =>
        protocol == ProtocolNumbers.Icmp ? type is 0 or 14 or 16 or 18 : type is 129 or 140;

    /// <summary>The reply type of a request and the request type of a reply; other types as they are.</summary>
    public static byte Counterpart(byte protocol, byte type) => (byte)(protocol == ProtocolNumbers.Icmp
        ? type switch { 8 => 0, 0 => 8, 13 => 14, 14 => 13, 15 => 16, 16 => 15, 17 => 18, 18 => 17, _ => type }
        : type switch { 128 => 129, 129 => 128, 139 => 140, 140 => 139, _ => type });
}
