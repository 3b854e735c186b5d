using System.Globalization;
using System.Text;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>
/// Writes what a policy says about one NIC as an nftables ruleset: foreign addresses, invalid packets, established and related ones, then a
/// line for each rule; a packet without a rule is dropped.
/// </summary>
internal static class NftRuleset
{
    /// <summary>The ends of the oracle's own packets, which no test uses (RFC 2544).</summary>
    public const string MarkerSource = "198.18.255.1";
    public const string MarkerDestination = "198.18.255.2";

    public static string Of(Policy policy, string nicId, string egressDevice, string ingressDevice)
    {
        Nic nic = policy.Nics[nicId];
        SecurityGroup[] groups = [.. nic.SecurityGroups.Select(id => policy.SecurityGroups[id])];
        bool isStateful = groups.Length == 0 || groups[0].Stateful;
        StringBuilder text = new();
        text.AppendLine("flush ruleset").AppendLine("table inet security {");
        text.AppendLine("chain untracked { type filter hook prerouting priority raw; policy accept;");
        text.AppendLine(isStateful ? $"ip saddr {MarkerSource} notrack" : "notrack");
        text.AppendLine("}").AppendLine("chain nic { type filter hook forward priority filter; policy drop;");
        text.AppendLine($"ip saddr {MarkerSource} accept");
        AppendPlace(text, nic, egressDevice, "saddr");
        AppendPlace(text, nic, ingressDevice, "daddr");
        text.AppendLine(isStateful ? "ct state invalid drop\nct state established,related accept" : "");
        foreach (SecurityGroupRule rule in groups.SelectMany(group => group.Rules))
        {
            AppendRule(text, policy, nic, rule, rule.Direction == Direction.Egress ? egressDevice : ingressDevice);
        }

        return text.AppendLine("}").AppendLine("}").ToString();
    }

    // semantics.md 40 and 41: the NIC's own addresses, or nothing is its business.
    private static void AppendPlace(StringBuilder text, Nic nic, string device, string side)
    {
        foreach (Ethertype ethertype in Enum.GetValues<Ethertype>())
        {
            Cidr[] owned = [.. AddressesOf(nic).Where(address => address.Ethertype == ethertype)];
            text.AppendLine(owned.Length == 0 || !nic.AddressChecks
                ? ""
                : $"iifname {device} {Family(ethertype)} {side} != {Set(owned)} drop");
        }
    }

    private static void AppendRule(StringBuilder text, Policy policy, Nic nic, SecurityGroupRule rule, string device)
    {
        Ethertype ethertype = rule.Ethertype!.Value;
        string? remote = RemoteOf(policy, nic, rule, ethertype);
        if (remote is null)
        {
            return;
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"iifname {device} meta nfproto {(ethertype == Ethertype.IPv4 ? "ipv4" : "ipv6")} {remote} {TransportOf(rule)} accept");
    }

    // Null: an empty group, which matches nothing (semantics.md 21). Members are of the same network, and no prefix that is half the world (22).
    private static string? RemoteOf(Policy policy, Nic nic, SecurityGroupRule rule, Ethertype ethertype)
    {
        IEnumerable<Cidr>? prefixes = rule.Remote.Kind switch
        {
            RemoteKind.Any => null,
            RemoteKind.Network => [rule.Remote.Prefix!],
            RemoteKind.AddressGroup => policy.AddressGroups[rule.Remote.Id!].Addresses,
            _ => policy.Nics.Values.Where(member => member.NetworkId == nic.NetworkId && member.SecurityGroups.Contains(rule.Remote.Id!))
                .SelectMany(AddressesOf).Where(address => address.PrefixLength >= (ethertype == Ethertype.IPv4 ? 8 : 16)),
        };
        if (prefixes is null)
        {
            return "";
        }

        Cidr[] ofFamily = [.. prefixes.Where(prefix => prefix.Ethertype == ethertype)];
        string side = rule.Direction == Direction.Egress ? "daddr" : "saddr";
        return ofFamily.Length == 0 ? null : ofFamily.Any(prefix => prefix.PrefixLength == 0) ? "" : $"{Family(ethertype)} {side} {Set(ofFamily)}";
    }

    private static string TransportOf(SecurityGroupRule rule)
    {
        if (rule.Protocol.IsAny)
        {
            return "";
        }

        byte number = rule.Protocol.Number;
        if (rule.Icmp is { } icmp)
        {
            return $"meta l4proto {number} @th,0,8 {icmp.Type}{(icmp.Code is { } code ? $" @th,8,8 {code}" : "")}";
        }

        // The destination port has the same place in every protocol that has one.
        return rule.Ports.IsAll || rule.Ports.IsUnspecified
            ? $"meta l4proto {number}"
            : $"meta l4proto {number} @th,16,16 {rule.Ports.Min}-{rule.Ports.Max}";
    }

    private static IEnumerable<Cidr> AddressesOf(Nic nic) => nic.Addresses.Select(address => Cidr.FromAddress(address.Address)).Concat(nic.AllowedAddresses);

    private static string Family(Ethertype ethertype) => ethertype == Ethertype.IPv4 ? "ip" : "ip6";

    private static string Set(IEnumerable<Cidr> prefixes) => $"{{ {string.Join(", ", prefixes.Select(prefix => prefix.NormalizedText).Distinct())} }}";
}
