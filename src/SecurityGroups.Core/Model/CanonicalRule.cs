using System.Security.Cryptography;
using System.Text;

namespace SecurityGroups;

/// <summary>
/// What a rule matches, written in the one way there is to write it: two rules of a group are duplicates when these are equal, and the
/// compiler needs nothing else. Names are numbers, prefixes are masked, a /0 is any, no ports are all ports, ICMP type and code are one
/// 16-bit number (type in the high octet) in the place of the ports.
/// </summary>
internal readonly record struct CanonicalRule
{
    private const int MaxIdLength = 255;

    private CanonicalRule(SecurityGroupRule rule, Ethertype ethertype)
    {
        Direction = rule.Direction;
        Ethertype = ethertype;
        Protocol = rule.Protocol.For(ethertype);
        (Low, High) = RangeOf(rule);
        Remote = rule.Remote.IsEveryAddress ? RemoteKind.Any : rule.Remote.Kind;
        RemoteBits = Remote == RemoteKind.Network ? rule.Remote.Prefix!.Bits : 0;
        RemotePrefixLength = Remote == RemoteKind.Network ? rule.Remote.Prefix!.PrefixLength : 0;
        RemoteId = rule.Remote.Id;
    }

    public Direction Direction { get; }

    public Ethertype Ethertype { get; }

    /// <summary>Any or a number; never icmp (1) with IPv6.</summary>
    public IpProtocol Protocol { get; }

    /// <summary>Lowest destination port, or lowest ICMP type and code; 0 where the rule names none.</summary>
    public ushort Low { get; }

    /// <summary>Highest destination port, or highest ICMP type and code; 65535 where the rule names none.</summary>
    public ushort High { get; }

    /// <summary>A prefix of length 0 is <see cref="RemoteKind.Any"/>.</summary>
    public RemoteKind Remote { get; }

    public UInt128 RemoteBits { get; }

    public int RemotePrefixLength { get; }

    public string? RemoteId { get; }

    /// <summary>The canonical form of a rule that has an ethertype.</summary>
    public static CanonicalRule Of(SecurityGroupRule rule) => new(rule, rule.Ethertype
        ?? throw new ArgumentException("Only a rule with an ethertype has a canonical form.", nameof(rule)));

    /// <summary>
    /// An id that says what the rule matches (<c>ingress-ipv4-tcp-443</c>, <c>egress-ipv6-any-group:db</c>): the same for the same content
    /// wherever and whenever it is derived, different for different content.
    /// </summary>
    public string DeriveId()
    {
        string id = $"{(Direction == Direction.Ingress ? "ingress" : "egress")}-{(Ethertype == Ethertype.IPv4 ? "ipv4" : "ipv6")}-{Protocol}{RangeText}{RemoteText}";
        return id.Length <= MaxIdLength ? id : Shorten(id);
    }

    private string RangeText => (Low, High) switch
    {
        (0, ushort.MaxValue) => "",
        _ when Protocol.IsIcmp && Low == High => $"-type{Low >> 8}-code{Low & 0xFF}",
        _ when Protocol.IsIcmp => $"-type{Low >> 8}",
        _ when Low == High => $"-{Low}",
        _ => $"-{Low}-{High}",
    };

    private string RemoteText => Remote switch
    {
        RemoteKind.Network => $"-{AddressBits.ToIPAddress(RemoteBits, Ethertype)}/{RemotePrefixLength}",
        RemoteKind.SecurityGroup => $"-group:{RemoteId}",
        RemoteKind.AddressGroup => $"-addresses:{RemoteId}",
        _ => "",
    };

    private static (ushort Low, ushort High) RangeOf(SecurityGroupRule rule) => rule switch
    {
        { Icmp: { Code: { } code } icmp } => ((ushort)(icmp.Type << 8 | code), (ushort)(icmp.Type << 8 | code)),
        { Icmp: { } icmp } => ((ushort)(icmp.Type << 8), (ushort)(icmp.Type << 8 | byte.MaxValue)),
        { Ports.IsAll: true } => (0, ushort.MaxValue),
        _ => (rule.Ports.Min, rule.Ports.Max),
    };

    private static string Shorten(string id)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));
        return $"{id.AsSpan(0, MaxIdLength - digest.Length - 1)}-{digest}";
    }
}
