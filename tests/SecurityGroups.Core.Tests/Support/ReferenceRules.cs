namespace SecurityGroups.Tests.Support;

/// <summary>What the rules say, by looking at every rule of every group and, for a remote group, at every NIC.</summary>
internal static class ReferenceRules
{
    public static bool Allows(Policy policy, Nic nic, ReferenceFlow flow) => Matching(policy, nic, flow).Any();

    public static IEnumerable<SecurityGroupRule> Matching(Policy policy, Nic nic, ReferenceFlow flow) =>
        from groupId in nic.SecurityGroups
        from rule in policy.SecurityGroups[groupId].Rules
        where Matches(policy, nic, rule, flow)
        select rule;

    /// <summary>A NIC is stateless when its groups are; one without groups is stateful.</summary>
    public static bool IsStateful(Policy policy, Nic nic) => nic.SecurityGroups.All(id => policy.SecurityGroups[id].Stateful);

    private static bool Matches(Policy policy, Nic nic, SecurityGroupRule rule, ReferenceFlow flow) =>
        rule.Direction == flow.Direction
        && rule.Ethertype == flow.Remote.Family
        && (rule.Protocol.IsAny || rule.Protocol.Number == flow.Protocol)
        && (rule.Ports.IsAll || (rule.Ports.Min <= flow.Port && flow.Port <= rule.Ports.Max))
        && (rule.Icmp is not { } icmp || (icmp.Type == flow.Port >> 8 && (icmp.Code is null || icmp.Code == (flow.Port & 0xFF))))
        && MatchesRemote(policy, nic, rule.Remote, flow.Remote);

    private static bool MatchesRemote(Policy policy, Nic nic, Remote remote, ReferenceAddress address) => remote.Kind switch
    {
        RemoteKind.Any => true,
        RemoteKind.Network => address.IsIn(remote.Prefix!),
        RemoteKind.AddressGroup => policy.AddressGroups[remote.Id!].Addresses.Any(address.IsIn),
        _ => policy.Nics.Values.Any(member =>
            member.SecurityGroups.Contains(remote.Id!) && member.NetworkId == nic.NetworkId && IsMemberAddress(member, address)),
    };

    private static bool IsMemberAddress(Nic member, ReferenceAddress address) =>
        !address.IsLinkLocal && !address.IsMulticast && !address.IsLoopback
        && (member.Addresses.Any(own => ReferenceAddress.Of(own.Address) == address)
            || member.AllowedAddresses.Any(allowed => allowed.PrefixLength >= (allowed.Ethertype == Ethertype.IPv4 ? 8 : 16) && address.IsIn(allowed)));
}
