using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Conformance;

/// <summary>The addresses of semantics.md section 9 in one family: NIC W (the local end of most tests), NIC D, and X outside.</summary>
internal sealed record Ends(Ethertype Ethertype, string W, string D, string M, string X, string Stranger, string Router, string Network, string World)
{
    public static Ends IPv4 { get; } = new(
        Ethertype.IPv4, "10.0.0.10", "10.0.0.20", "10.0.0.30", "203.0.113.7", "203.0.113.8", "198.51.100.1", "203.0.113.0/24", "0.0.0.0/0");

    public static Ends IPv6 { get; } = new(
        Ethertype.IPv6, "2001:db8::10", "2001:db8::20", "2001:db8::30", "2001:db8:113::7", "2001:db8:113::8", "2001:db8:51::1", "2001:db8:113::/48", "::/0");

    public bool IsIPv4 => Ethertype == Ethertype.IPv4;

    /// <summary>A packet that W sends to X, without transport.</summary>
    public PacketBuilder Out => PacketBuilder.Ip(W, X);

    /// <summary>A packet that X sends to W, without transport.</summary>
    public PacketBuilder In => PacketBuilder.Ip(X, W);

    public byte EchoRequest => IsIPv4 ? (byte)8 : (byte)128;

    public byte EchoReply => IsIPv4 ? (byte)0 : (byte)129;

    /// <summary>ICMP of this family.</summary>
    public IpProtocol Icmp => IsIPv4 ? IpProtocol.Icmp : IpProtocol.IcmpV6;

    public static Ends For(Ethertype ethertype) => ethertype == Ethertype.IPv4 ? IPv4 : IPv6;
}
