namespace SecurityGroups;

/// <summary>
/// An IP protocol of a rule: a number from 0 to 255 (IANA's), or any. The default value is neither and matches nothing; no rule accepts it.
/// </summary>
public readonly partial record struct IpProtocol
{
    // 0 = unspecified, 1..256 = protocol number + 1, 257 = any.
    private const ushort AnyValue = 257;
    private readonly ushort _value;

    private IpProtocol(ushort value) => _value = value;

    /// <summary>Every IP protocol, unknown numbers included.</summary>
    public static IpProtocol Any => new(AnyValue);

    /// <summary>ICMP for IPv4, 1.</summary>
    public static IpProtocol Icmp => FromNumber(1);

    /// <summary>IGMP, 2.</summary>
    public static IpProtocol Igmp => FromNumber(2);

    /// <summary>IPv4 in IPv4, 4.</summary>
    public static IpProtocol IpIp => FromNumber(4);

    /// <summary>TCP, 6.</summary>
    public static IpProtocol Tcp => FromNumber(6);

    /// <summary>EGP, 8.</summary>
    public static IpProtocol Egp => FromNumber(8);

    /// <summary>UDP, 17.</summary>
    public static IpProtocol Udp => FromNumber(17);

    /// <summary>DCCP, 33.</summary>
    public static IpProtocol Dccp => FromNumber(33);

    /// <summary>IPv6 in IPv6, 41; IPv6 rules only.</summary>
    public static IpProtocol IPv6Encapsulation => FromNumber(41);

    /// <summary>IPv6 routing header, 43; IPv6 rules only, and never the protocol of a packet.</summary>
    public static IpProtocol IPv6Route => FromNumber(43);

    /// <summary>IPv6 fragment header, 44; IPv6 rules only, and never the protocol of a packet.</summary>
    public static IpProtocol IPv6Fragment => FromNumber(44);

    /// <summary>RSVP, 46.</summary>
    public static IpProtocol Rsvp => FromNumber(46);

    /// <summary>GRE, 47.</summary>
    public static IpProtocol Gre => FromNumber(47);

    /// <summary>IPsec ESP, 50.</summary>
    public static IpProtocol Esp => FromNumber(50);

    /// <summary>IPsec AH, 51.</summary>
    public static IpProtocol Ah => FromNumber(51);

    /// <summary>ICMP for IPv6, 58; IPv6 rules only.</summary>
    public static IpProtocol IcmpV6 => FromNumber(58);

    /// <summary>IPv6 without a next header, 59; IPv6 rules only.</summary>
    public static IpProtocol IPv6NoNextHeader => FromNumber(59);

    /// <summary>IPv6 destination options, 60; IPv6 rules only, and never the protocol of a packet.</summary>
    public static IpProtocol IPv6Options => FromNumber(60);

    /// <summary>OSPF, 89.</summary>
    public static IpProtocol Ospf => FromNumber(89);

    /// <summary>VRRP, 112.</summary>
    public static IpProtocol Vrrp => FromNumber(112);

    /// <summary>PGM, 113.</summary>
    public static IpProtocol Pgm => FromNumber(113);

    /// <summary>SCTP, 132.</summary>
    public static IpProtocol Sctp => FromNumber(132);

    /// <summary>UDP-Lite, 136.</summary>
    public static IpProtocol UdpLite => FromNumber(136);

    /// <summary>Whether this is every protocol.</summary>
    public bool IsAny => _value == AnyValue;

    /// <summary>Whether this is the default value, which no rule accepts.</summary>
    public bool IsUnspecified => _value == 0;

    /// <summary>The protocol number, 0 to 255.</summary>
    /// <exception cref="InvalidOperationException">The protocol is any or unspecified.</exception>
    public byte Number => _value is > 0 and < AnyValue ? (byte)(_value - 1) : throw new InvalidOperationException("Only a single protocol has a number.");

    /// <summary>Whether rules for this protocol may name ports: tcp, udp, udplite, sctp and dccp.</summary>
    public bool HasPorts => _value is 6 + 1 or 17 + 1 or 33 + 1 or 132 + 1 or 136 + 1;

    /// <summary>Whether rules for this protocol may name an ICMP type and code: icmp and ipv6-icmp.</summary>
    public bool IsIcmp => _value is 1 + 1 or 58 + 1;

    /// <summary>Whether only IPv6 rules may name it: ipv6-icmp and the other <c>ipv6-</c> protocols.</summary>
    internal bool IsIPv6Only => _value is 41 + 1 or 43 + 1 or 44 + 1 or 58 + 1 or 59 + 1 or 60 + 1;

    /// <summary>Whether no packet ever shows it to a rule: extension headers are walked through (0, 43, 44, 60).</summary>
    internal bool NeverMatches => _value is 0 + 1 or 43 + 1 or 44 + 1 or 60 + 1;

    /// <summary>The protocol with a number from 0 to 255.</summary>
    public static IpProtocol FromNumber(byte number) => new((ushort)(number + 1));

    /// <summary>The protocol that a rule of an ethertype means: in IPv6 rules icmp is ipv6-icmp.</summary>
    internal IpProtocol For(Ethertype? ethertype) => this == Icmp && ethertype == SecurityGroups.Ethertype.IPv6 ? IcmpV6 : this;
}
