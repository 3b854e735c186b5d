using System.Collections.Immutable;

namespace SecurityGroups.Tests.Properties;

/// <summary>Random policies that are valid by construction.</summary>
internal static class PolicyDice
{
    public static Policy Policy(Dice dice)
    {
        SecurityGroup[] groups = [.. Universe.GroupIds.Select(id => Group(id, dice))];
        AddressGroup[] addressGroups = [.. Universe.AddressGroupIds.Select(id => AddressGroup(id, dice))];
        Nic[] nics = [.. Universe.NicIds.Where(id => id == "n0" || dice.Chance(80)).Select(id => Nic(id, groups, dice))];
        return SecurityGroups.Policy.Create(groups, nics, addressGroups);
    }

    public static AddressGroup AddressGroup(string id, Dice dice) =>
        new(id, Universe.PrefixesIPv4.Concat(Universe.PrefixesIPv6).Where(_ => dice.Chance(15)).Select(Cidr.Parse));

    public static Nic Nic(string id, IReadOnlyCollection<SecurityGroup> groups, Dice dice)
    {
        if (dice.Chance(2))
        {
            return new Nic(id) { NicSecurity = false, Addresses = Universe.Addresses(id, dice), NetworkId = NetworkOf(id, dice) };
        }

        return new Nic(id)
        {
            NetworkId = NetworkOf(id, dice),
            Addresses = Universe.Addresses(id, dice),
            AllowedAddresses = Universe.AllowedAddresses(dice),
            AddressChecks = dice.Chance(92),
            Mac = Universe.Mac(id, dice),
            SecurityGroups = GroupsOf(groups, dice),
            Options = dice.Chance(30) ? Options(dice) : null,
        };
    }

    /// <summary>A NIC's groups are all stateful or all stateless.</summary>
    public static ImmutableArray<string> GroupsOf(IReadOnlyCollection<SecurityGroup> groups, Dice dice)
    {
        bool stateful = dice.Chance(90);
        return [.. groups.Where(group => group.Stateful == stateful && dice.Chance(70)).Select(group => group.Id)];
    }

    public static NicOptions Options(Dice dice) => new()
    {
        Infrastructure = dice.Weighted<InfrastructureTraffic?>(
            (60, null), (10, InfrastructureTraffic.None), (30, (InfrastructureTraffic)dice.Below(1 << 9))),
        PickUp = dice.Weighted<PickUp?>((40, null), (20, PickUp.Strict), (20, PickUp.Loose), (20, PickUp.LooseEgressOnly)),
        WindowCheck = dice.Weighted<WindowCheck?>((70, null), (10, WindowCheck.Enforce), (10, WindowCheck.Log), (10, WindowCheck.Off)),
        MaxConnections = dice.Chance(15) ? 2 : null,
        VlanIds = dice.Chance(50) ? [100, 200] : [],
    };

    public static SecurityGroupRule Rule(Dice dice)
    {
        bool ipv6 = dice.Chance(40);
        Remote remote = RemoteOf(ipv6, dice);
        Direction direction = dice.Pick(Direction.Ingress, Direction.Egress);
        SecurityGroupRule rule = dice.Weighted<Func<SecurityGroupRule>>(
            (25, () => Of(direction, IpProtocol.Any, remote)),
            (15, () => Of(direction, IpProtocol.FromNumber(dice.Pick<byte>(6, 17, 47, 50, 59, 253)), remote)),
            (45, () => Of(direction, IpProtocol.FromNumber(dice.Pick<byte>(6, 6, 6, 17, 17, 136, 132, 33)), Ports(dice), remote)),
            (15, () => Of(direction, ipv6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp, Icmp(ipv6, dice), remote)))();
        Ethertype ethertype = ipv6 ? Ethertype.IPv6 : Ethertype.IPv4;
        return rule.Protocol is { IsAny: false, Number: 59 } ? Of(direction, IpProtocol.Any, remote) with { Ethertype = ethertype } : rule with { Ethertype = ethertype };
    }

    /// <summary>What makes two rules duplicates, so that none is made.</summary>
    public static string ContentOf(SecurityGroupRule rule)
    {
        string remote = rule.Remote.Kind == RemoteKind.Any || rule.Remote.Prefix?.PrefixLength == 0
            ? "any"
            : $"{rule.Remote.Id}{rule.Remote.Kind}{rule.Remote.Prefix?.Bits}/{rule.Remote.Prefix?.PrefixLength}";
        return $"{rule.Direction} {rule.Ethertype} {(rule.Protocol.IsAny ? "any" : rule.Protocol.Number)} {rule.Ports} {rule.Icmp} {remote}";
    }

    private static string NetworkOf(string id, Dice dice) => id == "n3" ? "other" : dice.Chance(90) ? SecurityGroups.Nic.DefaultNetworkId : "third";

    private static SecurityGroup Group(string id, Dice dice)
    {
        SecurityGroup group = dice.Chance(35) ? SecurityGroup.CreateNeutron(id) : SecurityGroup.CreateEmpty(id);
        group = group.WithStateful(id != "g3");
        int rules = dice.Below(9);
        HashSet<string> contents = [.. group.Rules.Select(ContentOf)];
        for (int i = 0; i < rules; i++)
        {
            SecurityGroupRule rule = Rule(dice);
            group = contents.Add(ContentOf(rule)) ? group.WithRule(rule) : group;
        }

        return group;
    }

    private static Remote RemoteOf(bool ipv6, Dice dice) => dice.Weighted(
        (50, Remote.Any),
        (30, Remote.Network(dice.PickFrom(ipv6 ? Universe.PrefixesIPv6 : Universe.PrefixesIPv4))),
        (20, Remote.SecurityGroup(dice.PickFrom(Universe.GroupIds))),
        (10, Remote.AddressGroup(dice.PickFrom(Universe.AddressGroupIds))));

    private static PortRange Ports(Dice dice) => dice.Pick(
        new PortRange(22), new PortRange(443), new PortRange(53), new PortRange(22, 443), new PortRange(50, 60), new PortRange(1, 1_023), new PortRange(1_024, 65_535), PortRange.All);

    private static IcmpMatch Icmp(bool ipv6, Dice dice) =>
        dice.Pick(new IcmpMatch(ipv6 ? (byte)128 : (byte)8), new IcmpMatch(ipv6 ? (byte)128 : (byte)8, 0), new IcmpMatch(ipv6 ? (byte)1 : (byte)3), new IcmpMatch(13, 0));

    private static SecurityGroupRule Of(Direction direction, IpProtocol protocol, Remote remote) =>
        direction == Direction.Ingress ? SecurityGroupRule.Ingress(protocol, remote) : SecurityGroupRule.Egress(protocol, remote);

    private static SecurityGroupRule Of(Direction direction, IpProtocol protocol, PortRange ports, Remote remote) =>
        direction == Direction.Ingress ? SecurityGroupRule.Ingress(protocol, ports, remote) : SecurityGroupRule.Egress(protocol, ports, remote);

    private static SecurityGroupRule Of(Direction direction, IpProtocol protocol, IcmpMatch icmp, Remote remote) =>
        direction == Direction.Ingress ? SecurityGroupRule.Ingress(protocol, icmp, remote) : SecurityGroupRule.Egress(protocol, icmp, remote);
}
