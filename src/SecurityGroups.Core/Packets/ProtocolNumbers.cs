namespace SecurityGroups.Packets;

/// <summary>IP protocol numbers that the code names (IANA "Assigned Internet Protocol Numbers").</summary>
internal static class ProtocolNumbers
{
    public const byte HopByHop = 0;
    public const byte Icmp = 1;
    public const byte Igmp = 2;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Dccp = 33;
    public const byte Routing = 43;
    public const byte Fragment = 44;
    public const byte Esp = 50;
    public const byte AuthenticationHeader = 51;
    public const byte IcmpV6 = 58;
    public const byte NoNextHeader = 59;
    public const byte DestinationOptions = 60;
    public const byte Sctp = 132;
    public const byte Mobility = 135;
    public const byte UdpLite = 136;
    public const byte Hip = 139;
    public const byte Shim6 = 140;

    /// <summary>Whether the protocol begins with source and destination port and rules may name ports.</summary>
    public static bool HasPorts(byte protocol) => protocol is Tcp or Udp or Dccp or Sctp or UdpLite;
}
