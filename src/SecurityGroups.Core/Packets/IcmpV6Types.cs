namespace SecurityGroups.Packets;

/// <summary>ICMPv6 types that the code names (RFC 4443, RFC 4861, RFC 2710, RFC 3810).</summary>
internal static class IcmpV6Types
{
    public const byte EchoRequest = 128;
    public const byte EchoReply = 129;
    public const byte ListenerQuery = 130;
    public const byte ListenerReport = 131;
    public const byte ListenerDone = 132;
    public const byte RouterSolicitation = 133;
    public const byte RouterAdvertisement = 134;
    public const byte NeighborSolicitation = 135;
    public const byte NeighborAdvertisement = 136;
    public const byte Redirect = 137;
    public const byte ListenerReportV2 = 143;
}
