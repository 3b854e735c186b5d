using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using static SecurityGroups.SecurityGroupRule;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Policies and options that the conformance tests start from. Every NIC has an address of each family.</summary>
internal static class Given
{
    public const string W = "w";
    public const string D = "d";
    public const string M = "m";
    public const string WMac = "fa:16:3e:00:00:10";

    /// <summary>Egress to everywhere: the rules of the Neutron preset.</summary>
    public static SecurityGroupRule EgressAll { get; } = Egress(IpProtocol.Any, Remote.Any);

    public static SecurityGroupRule IngressAll { get; } = Ingress(IpProtocol.Any, Remote.Any);

    public static FirewallOptions Options { get; } = new()
    {
        LinkType = LinkType.RawIp,
        ConnectionTracking = new ConnectionTrackingOptions { MaxConnections = 1024 },
        Fragments = new FragmentOptions { MaxDatagrams = 512 },
    };

    public static FirewallOptions Ethernet { get; } = Options with { LinkType = LinkType.Ethernet };

    /// <summary>P0 of behaviour.md: egress any, ingress none.</summary>
    public static Policy P0 { get; } = Web(EgressAll);

    /// <summary>P1 of behaviour.md: egress none, ingress tcp 22 from X's network.</summary>
    public static Policy P1 { get; } = Web(FromNetwork(IpProtocol.Tcp, 22));

    public static FirewallOptions With(Func<ConnectionTrackingOptions, ConnectionTrackingOptions> change) =>
        Options with { ConnectionTracking = change(Options.ConnectionTracking) };

    /// <summary>One port from X's network, in both families.</summary>
    public static SecurityGroupRule[] FromNetwork(IpProtocol protocol, int port) =>
        [Ingress(protocol, port, Remote.Network(Ends.IPv4.Network)), Ingress(protocol, port, Remote.Network(Ends.IPv6.Network))];

    public static SecurityGroup Group(string id, params SecurityGroupRule[] rules) =>
        rules.Aggregate(SecurityGroup.CreateEmpty(id), (group, rule) => group.WithRule(rule));

    /// <summary>W alone in the group <c>web</c> with these rules.</summary>
    public static Policy Web(params SecurityGroupRule[] rules) => Policy.Create([Group("web", rules)], [Nic(W, "web")]);

    /// <summary>W in <c>web</c> with these rules, D in an empty group <c>db</c>.</summary>
    public static Policy WebAndDb(params SecurityGroupRule[] rules) =>
        Policy.Create([Group("web", rules), Group("db")], [Nic(W, "web"), Nic(D, "db")]);

    /// <summary>One of W, D and M with its addresses of both families.</summary>
    public static Nic Nic(string id, params string[] groups) => NicAt(id, Address(id, Ends.IPv4), Address(id, Ends.IPv6)) with { SecurityGroups = [.. groups] };

    public static Nic NicAt(string id, params IEnumerable<IPAddress> addresses) =>
        new(id) { Addresses = [.. addresses.Select(address => new NicAddress(address))] };

    public static PhysicalAddress Mac(string text = WMac) => PhysicalAddress.Parse(text);

    public static Policy SetRules(this Policy policy, string group, params SecurityGroupRule[] rules) =>
        policy.WithGroup(Group(group, rules).WithStateful(policy.SecurityGroups[group].Stateful));

    public static ImmutableArray<Cidr> Cidrs(params string[] texts) => [.. texts.Select(Cidr.Parse)];

    private static IPAddress Address(string nic, Ends ends) => IPAddress.Parse(nic switch { W => ends.W, D => ends.D, _ => ends.M });
}
