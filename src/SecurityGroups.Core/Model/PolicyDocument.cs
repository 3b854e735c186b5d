using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecurityGroups;

/// <summary>A policy as its JSON form has it, for writing: the names of the STACKIT API, and nothing that is the default anyway.</summary>
internal sealed record PolicyDocument(
    IEnumerable<PolicyDocument.Group> SecurityGroups, IEnumerable<PolicyDocument.Prefixes>? AddressGroups, IEnumerable<PolicyDocument.Interface> Nics)
{
    public static PolicyDocument From(Policy policy) => new(
        policy.SecurityGroups.Values.Select(Group.From),
        NotEmpty(policy.AddressGroups.Values.Select(group => new Prefixes(group.Id, group.Addresses.Select(prefix => prefix.Text)))),
        policy.Nics.Values.Select(Interface.From));

    private static bool? Unless(bool value, bool usual) => value == usual ? null : value;

    private static string? Unless(string value, string usual) => value == usual ? null : value;

    private static IEnumerable<T>? NotEmpty<T>(IEnumerable<T> items) => items.Any() ? items : null;

    private static string? Word<T>(T? value)
        where T : struct, Enum => value is { } word ? JsonNamingPolicy.CamelCase.ConvertName(word.ToString()) : null;

    internal sealed record Group(string Id, string? Name, string? Description, bool? Stateful, IEnumerable<Rule> Rules)
    {
        public static Group From(SecurityGroup group) => new(
            group.Id, Unless(group.Name, group.Id), group.Description, Unless(group.Stateful, true), group.Rules.Select(Rule.From));
    }

    internal sealed record Rule(string Id, string? Description, string? Direction, string? Ethertype)
    {
        public Protocol? Protocol { get; private init; }

        public Range? PortRange { get; private init; }

        public Icmp? IcmpParameters { get; private init; }

        public string? IpRange { get; private init; }

        public string? RemoteSecurityGroupId { get; private init; }

        public string? RemoteAddressGroupId { get; private init; }

        public static Rule From(SecurityGroupRule rule) => new(rule.Id, rule.Description, Word<Direction>(rule.Direction), rule.Ethertype.ToString())
        {
            Protocol = rule.Protocol.IsAny ? null : new Protocol(rule.Protocol.Name, rule.Protocol.Name is null ? rule.Protocol.Number : null),
            PortRange = rule.Ports.IsAll ? null : new Range(rule.Ports.Min, rule.Ports.Max),
            IcmpParameters = rule.Icmp is { } icmp ? new Icmp(icmp.Type, icmp.Code) : null,
            IpRange = rule.Remote.Prefix?.Text,
            RemoteSecurityGroupId = rule.Remote.Kind == RemoteKind.SecurityGroup ? rule.Remote.Id : null,
            RemoteAddressGroupId = rule.Remote.Kind == RemoteKind.AddressGroup ? rule.Remote.Id : null,
        };
    }

    internal sealed record Protocol(string? Name, int? Number);

    internal sealed record Range(int Min, int Max);

    internal sealed record Icmp(int Type, int? Code);

    internal sealed record Prefixes(string Id, IEnumerable<string> Addresses);

    internal sealed record Interface(string Id, string? Name, string? NetworkId)
    {
        /// <summary>A text, or a list of them.</summary>
        public JsonNode? Ipv4 { get; private init; }

        /// <summary>A text, or a list of them.</summary>
        public JsonNode? Ipv6 { get; private init; }

        public string? Mac { get; private init; }

        public bool? NicSecurity { get; private init; }

        public bool? AddressChecks { get; private init; }

        public IEnumerable<string>? AllowedAddresses { get; private init; }

        public IEnumerable<string>? SecurityGroups { get; private init; }

        public Settings? Options { get; private init; }

        public static Interface From(Nic nic) => new(nic.Id, Unless(nic.Name, nic.Id), Unless(nic.NetworkId, Nic.DefaultNetworkId))
        {
            Ipv4 = OneOrMany(nic, Ethertype.IPv4),
            Ipv6 = OneOrMany(nic, Ethertype.IPv6),
            Mac = nic.Mac is null ? null : string.Join(':', nic.Mac.GetAddressBytes().Select(octet => $"{octet:x2}")),
            NicSecurity = Unless(nic.NicSecurity, true),
            AddressChecks = Unless(nic.AddressChecks, true),
            AllowedAddresses = NotEmpty(nic.AllowedAddresses.Select(prefix => prefix.Text)),
            SecurityGroups = NotEmpty(nic.SecurityGroups),
            Options = nic.Options is null ? null : Settings.From(nic.Options),
        };

        private static JsonNode? OneOrMany(Nic nic, Ethertype ethertype)
        {
            JsonNode[] texts = [.. nic.Addresses.Where(address => address.Ethertype == ethertype).Select(address => (JsonNode)address.ToString())];
            return texts.Length switch
            {
                0 => null,
                1 => texts[0],
                _ => new JsonArray(texts),
            };
        }
    }

    internal sealed record Settings(string? LinkType, IEnumerable<string?>? Infrastructure, string? WindowCheck, string? PickUp)
    {
        public int? MaxConnections { get; private init; }

        public IEnumerable<int>? VlanIds { get; private init; }

        public static Settings From(NicOptions options) => new(
            Word(options.LinkType), Flags(options.Infrastructure), Word(options.WindowCheck), Word(options.PickUp))
        {
            MaxConnections = options.MaxConnections,
            VlanIds = NotEmpty(options.VlanIds),
        };

        private static IEnumerable<string?>? Flags(InfrastructureTraffic? traffic) => traffic is null
            ? null
            : Enum.GetValues<InfrastructureTraffic>().Where(flag => BitOperations.IsPow2((int)flag) && traffic.Value.HasFlag(flag)).Select(flag => Word<InfrastructureTraffic>(flag));
    }
}
