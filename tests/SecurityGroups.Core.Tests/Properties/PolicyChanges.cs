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
            Change.AnotherNic => policy.WithNic(PolicyDice.Nic(dice.PickFrom(Universe.NicIds), [.. policy.SecurityGroups.Values], dice)),
            Change.RemoveNic => RemoveNic(policy, dice.PickFrom(Universe.NicIds)),
            Change.AddressGroup => policy.WithAddressGroup(PolicyDice.AddressGroup("a0", dice)),
            Change.BackToFirst => first,
            _ => policy,
        };
    }

    private static Policy WithGroup(Policy policy, SecurityGroup group, Func<SecurityGroup, SecurityGroup> change) => policy.WithGroup(change(group));

    private static SecurityGroup PickGroup(Policy policy, Dice dice) => policy.SecurityGroups[dice.PickFrom(Universe.GroupIds)];

    private static Policy WithNic(Policy policy, Dice dice, Func<Nic, Nic> change) =>
        policy.Nics.TryGetValue(dice.Chance(60) ? "n0" : dice.PickFrom(Universe.NicIds), out Nic? nic)
            ? policy.WithNic(change(nic))
            : policy;

    private static Policy RemoveNic(Policy policy, string id) => policy.Nics.ContainsKey(id) ? policy.WithoutNic(id) : policy;

    private static SecurityGroup AddRule(SecurityGroup group, SecurityGroupRule rule) =>
        group.Rules.Any(other => PolicyDice.ContentOf(other) == PolicyDice.ContentOf(rule)) ? group : group.WithRule(rule);

    private static SecurityGroup RemoveRule(SecurityGroup group, Dice dice) =>
        group.Rules.IsEmpty ? group : group.WithoutRule(dice.PickFrom(group.Rules).Id);
}
