namespace SecurityGroups;

/// <summary>Which ICMP types are errors about another packet (RFC 792, RFC 4443): these pass a stateful NIC only as related.</summary>
internal static class IcmpTypes
{
    public static bool IsError(Ethertype? ethertype, byte type) =>
        ethertype == Ethertype.IPv6 ? type is 1 or 2 or 3 or 4 : type is 3 or 4 or 5 or 11 or 12;
}
