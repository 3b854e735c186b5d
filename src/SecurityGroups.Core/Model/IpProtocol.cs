namespace SecurityGroups;

/// <summary>An IP protocol of a rule: a number from 0 to 255, or any. The default value is neither and matches nothing.</summary>
public readonly record struct IpProtocol
{
    // 0 = unspecified, 1..256 = protocol number + 1, 257 = any.
    private const ushort AnyValue = 257;
    private readonly ushort _value;

    private IpProtocol(ushort value) => _value = value;

    /// <summary>Every IP protocol, unknown numbers included.</summary>
    public static IpProtocol Any => new(AnyValue);

    /// <summary>ICMP for IPv4, 1.</summary>
    public static IpProtocol Icmp => FromNumber(1);

    /// <summary>TCP, 6.</summary>
    public static IpProtocol Tcp => FromNumber(6);

    /// <summary>UDP, 17.</summary>
    public static IpProtocol Udp => FromNumber(17);

    /// <summary>DCCP, 33.</summary>
    public static IpProtocol Dccp => FromNumber(33);

    /// <summary>ICMP for IPv6, 58.</summary>
    public static IpProtocol IcmpV6 => FromNumber(58);

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

    /// <summary>The protocol with a number from 0 to 255.</summary>
    public static IpProtocol FromNumber(byte number) => new((ushort)(number + 1));
}
