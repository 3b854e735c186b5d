using System.Collections.Immutable;

namespace SecurityGroups.Tests.Properties;

/// <summary>Random changes of a policy; each keeps it valid.</summary>
internal static class PolicyChanges
{
    public static Policy Apply(Change change, int salt, Policy policy, Policy first)
    {
        Dice dice = new(salt);
        return change switch
        {
            Change.AddRule => WithGroup(policy, PickGroup(policy, dice), group => AddRule(group, PolicyDice.Rule(dice))),
            Change.RemoveRule => WithGroup(policy, PickGroup(policy, dice), group => RemoveRule(group, dice)),
            Change.RemoveAllRules => WithGroup(policy, PickGroup(policy, dice), group => group.Rules.Aggregate(group, (left, rule) => left.WithoutRule(rule.Id))),
            Change.Attach => WithNic(policy, dice, nic => nic.NicSecurity ? nic with { SecurityGroups = PolicyDice.GroupsOf([.. policy.SecurityGroups.Values], dice) } : nic),
            Change.Detach => WithNic(policy, dice, nic => nic with { SecurityGroups = nic.SecurityGroups.IsEmpty ? [] : nic.SecurityGroups.RemoveAt(0) }),
            Change.Address => WithNic(policy, dice, nic => nic with { Addresses = Universe.Addresses(nic.Id, dice) }),
            Change.Allowed => WithNic(policy, dice, nic => nic.NicSecurity ? nic with { AllowedAddresses = Universe.AllowedAddresses(dice) } : nic),
            Change.NicOptions => WithNic(policy, dice, nic => nic with { Options = dice.Chance(50) ? PolicyDice.Options(dice) : null }),
            Change.AddressChecks => WithNic(policy, dice, nic => nic with { AddressChecks = !nic.AddressChecks }),
            Change.AnotherNic => With(policy, nics: Replace(policy, dice)),
            Change.RemoveNic => With(policy, nics: policy.Nics.Remove(dice.PickFrom(Universe.NicIds))),
            Change.AddressGroup => With(policy, addressGroups: policy.AddressGroups.SetItem("a0", PolicyDice.AddressGroup("a0", dice))),
            Change.BackToFirst => first,
            _ => policy,
        };
    }

    private static Policy With(
        Policy policy,
        ImmutableSortedDictionary<string, SecurityGroup>? groups = null,
        ImmutableSortedDictionary<string, Nic>? nics = null,
        ImmutableSortedDictionary<string, AddressGroup>? addressGroups = null) =>
        Policy.Create((groups ?? policy.SecurityGroups).Values, (nics ?? policy.Nics).Values, (addressGroups ?? policy.AddressGroups).Values);

    private static Policy WithGroup(Policy policy, SecurityGroup group, Func<SecurityGroup, SecurityGroup> change) =>
        With(policy, groups: policy.SecurityGroups.SetItem(group.Id, change(group)));

    private static SecurityGroup PickGroup(Policy policy, Dice dice) => policy.SecurityGroups[dice.PickFrom(Universe.GroupIds)];

    private static Policy WithNic(Policy policy, Dice dice, Func<Nic, Nic> change) =>
        policy.Nics.TryGetValue(dice.Chance(60) ? "n0" : dice.PickFrom(Universe.NicIds), out Nic? nic)
            ? With(policy, nics: policy.Nics.SetItem(nic.Id, change(nic)))
            : policy;

    private static ImmutableSortedDictionary<string, Nic> Replace(Policy policy, Dice dice)
    {
        string id = dice.PickFrom(Universe.NicIds);
        return policy.Nics.SetItem(id, PolicyDice.Nic(id, [.. policy.SecurityGroups.Values], dice));
    }

    private static SecurityGroup AddRule(SecurityGroup group, SecurityGroupRule rule) =>
        group.Rules.Any(other => PolicyDice.ContentOf(other) == PolicyDice.ContentOf(rule)) ? group : group.WithRule(rule);

    private static SecurityGroup RemoveRule(SecurityGroup group, Dice dice) =>
        group.Rules.IsEmpty ? group : group.WithoutRule(dice.PickFrom(group.Rules).Id);
}
