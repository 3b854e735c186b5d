namespace SecurityGroups;

/// <summary>
/// One thing that is allowed: direction, ethertype, protocol, destination ports or ICMP type, and the remote. Immutable; a change replaces it.
/// Rules inside a <see cref="SecurityGroup"/> always have an id and an ethertype; a rule made in code may leave both open.
/// </summary>
public sealed record SecurityGroupRule
{
    private SecurityGroupRule()
    {
    }

    /// <summary>Unique within its group; empty until the rule joins a group, which derives one from the content.</summary>
    public string Id { get; init => field = Checked.Text(value); } = "";

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>Ingress or egress.</summary>
    public Direction Direction { get; private init; }

    /// <summary>
    /// IPv4 or IPv6; null = both, which becomes two rules when the rule joins a group. Follows a remote prefix unless given. Required for
    /// ICMP and the protocols of IPv6. In IPv6 rules the protocol icmp is ipv6-icmp.
    /// </summary>
    public Ethertype? Ethertype
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((int)(value ?? default), (int)SecurityGroups.Ethertype.IPv6, nameof(Ethertype));
            field = value;
            Protocol = Protocol.For(value);
        }
    }

    /// <summary>The protocol, or any.</summary>
    public IpProtocol Protocol { get; private init; } = IpProtocol.Any;

    /// <summary>Destination ports; <see cref="PortRange.All"/> where the rule names none.</summary>
    public PortRange Ports { get; private init; } = PortRange.All;

    /// <summary>ICMP type and code; null = all.</summary>
    public IcmpMatch? Icmp { get; private init; }

    /// <summary>The other end.</summary>
    public Remote Remote { get; private init; } = Remote.Any;

    /// <summary>Allows a protocol, every port, towards the instance.</summary>
    public static SecurityGroupRule Ingress(IpProtocol protocol, Remote remote) => Create(Direction.Ingress, protocol, PortRange.All, null, remote);

    /// <summary>Allows one destination port towards the instance.</summary>
    public static SecurityGroupRule Ingress(IpProtocol protocol, int port, Remote remote) =>
        Create(Direction.Ingress, protocol, new PortRange(port), null, remote);

    /// <summary>Allows a range of destination ports towards the instance.</summary>
    public static SecurityGroupRule Ingress(IpProtocol protocol, PortRange ports, Remote remote) => Create(Direction.Ingress, protocol, ports, null, remote);

    /// <summary>Allows an ICMP type towards the instance.</summary>
    public static SecurityGroupRule Ingress(IpProtocol protocol, IcmpMatch icmp, Remote remote) =>
        Create(Direction.Ingress, protocol, PortRange.All, icmp, remote);

    /// <summary>Allows a protocol, every port, away from the instance.</summary>
    public static SecurityGroupRule Egress(IpProtocol protocol, Remote remote) => Create(Direction.Egress, protocol, PortRange.All, null, remote);

    /// <summary>Allows one destination port away from the instance.</summary>
    public static SecurityGroupRule Egress(IpProtocol protocol, int port, Remote remote) =>
        Create(Direction.Egress, protocol, new PortRange(port), null, remote);

    /// <summary>Allows a range of destination ports away from the instance.</summary>
    public static SecurityGroupRule Egress(IpProtocol protocol, PortRange ports, Remote remote) => Create(Direction.Egress, protocol, ports, null, remote);

    /// <summary>Allows an ICMP type away from the instance.</summary>
    public static SecurityGroupRule Egress(IpProtocol protocol, IcmpMatch icmp, Remote remote) =>
        Create(Direction.Egress, protocol, PortRange.All, icmp, remote);

    /// <summary>The rule as <c>ingress IPv4 tcp 443 any</c>.</summary>
    public override string ToString()
    {
        string what = Icmp is { } icmp ? $" {icmp}" : Ports.IsAll ? "" : $" {Ports}";
        return $"{(Direction == Direction.Ingress ? "ingress" : "egress")} {Ethertype?.ToString() ?? "IPv4+IPv6"} {Protocol}{what} {Remote}";
    }

    internal static SecurityGroupRule Create(Direction direction, IpProtocol protocol, PortRange ports, IcmpMatch? icmp, Remote remote)
    {
        ArgumentNullException.ThrowIfNull(remote);
        ThrowIfDefault(protocol.IsUnspecified, nameof(protocol));
        ThrowIfDefault(ports.IsUnspecified, nameof(ports));
        ThrowIfDefault(icmp is { IsUnspecified: true }, nameof(icmp));
        return new SecurityGroupRule
        {
            Direction = direction,
            Protocol = protocol,
            Ports = ports,
            Icmp = icmp,
            Remote = remote,
            Ethertype = remote.Prefix?.Ethertype,
        };
    }

    // A forgotten value must never become "everything".
    private static void ThrowIfDefault(bool isDefault, string name)
    {
        if (isDefault)
        {
            throw new ArgumentException("The default value is not a choice; write one out.", name);
        }
    }
}
