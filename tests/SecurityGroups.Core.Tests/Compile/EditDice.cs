using System.Net.NetworkInformation;
using SecurityGroups.Tests.Properties;

namespace SecurityGroups.Tests.Compile;

/// <summary>Random edits of a policy, good ones and such that break it in every way that the validator knows.</summary>
internal static class EditDice
{
    private const string Stranger = "nobody";

    public static Policy Edit(Policy policy, Dice dice) => dice.Weighted<Func<Policy, Dice, Policy>>(
        (12, AddRule),
        (6, RemoveRule),
        (16, AddNic),
        (12, RemoveNic),
        (10, Attach),
        (8, ChangeAddressGroup),
        (5, RemoveGroup),
        (4, RemoveAddressGroup),
        (5, AddGroup),
        (4, (changed, _) => changed),
        (4, FlawNic),
        (4, FlawRule),
        (3, FlipStateful))(policy, dice);

    private static Policy AddRule(Policy policy, Dice dice) => ChangeGroup(policy, dice, group => group.WithRule(PolicyDice.Rule(dice)));

    private static Policy RemoveRule(Policy policy, Dice dice) =>
        ChangeGroup(policy, dice, group => group.Rules.IsEmpty ? group : group.WithoutRule(dice.PickFrom(group.Rules).Id));

    private static Policy FlipStateful(Policy policy, Dice dice) => ChangeGroup(policy, dice, group => group.WithStateful(!group.Stateful));

    private static Policy AddNic(Policy policy, Dice dice) =>
        policy.WithNic(PolicyDice.Nic($"n{dice.Below(6)}", [.. policy.SecurityGroups.Values], dice));

    private static Policy RemoveNic(Policy policy, Dice dice) =>
        policy.Nics.IsEmpty ? policy : policy.WithoutNic(dice.PickFrom([.. policy.Nics.Keys]));

    private static Policy Attach(Policy policy, Dice dice) =>
        ChangeNic(policy, dice, nic => nic with { SecurityGroups = PolicyDice.GroupsOf([.. policy.SecurityGroups.Values], dice) });

    private static Policy ChangeAddressGroup(Policy policy, Dice dice) =>
        policy.WithAddressGroup(PolicyDice.AddressGroup(dice.PickFrom(Universe.AddressGroupIds), dice));

    private static Policy RemoveGroup(Policy policy, Dice dice) =>
        policy.SecurityGroups.IsEmpty ? policy : policy.WithoutGroup(dice.PickFrom([.. policy.SecurityGroups.Keys]));

    private static Policy RemoveAddressGroup(Policy policy, Dice dice) =>
        policy.AddressGroups.IsEmpty ? policy : policy.WithoutAddressGroup(dice.PickFrom([.. policy.AddressGroups.Keys]));

    private static Policy AddGroup(Policy policy, Dice dice) =>
        policy.WithGroup(SecurityGroup.CreateDefault(dice.Pick("g0", "g1", "g2", "g3", "g4", new string('x', 256))));

    private static Policy FlawNic(Policy policy, Dice dice) => ChangeNic(policy, dice, nic => dice.Weighted<Func<Nic>>(
        (1, () => nic with { SecurityGroups = nic.SecurityGroups.Add(Stranger) }),
        (1, () => nic with { SecurityGroups = [.. policy.SecurityGroups.Keys] }),
        (1, () => nic with { NicSecurity = !nic.NicSecurity }),
        (1, () => nic with { Mac = PhysicalAddress.Parse("01:00:5e:00:00:01") }),
        (1, () => nic with { Options = new NicOptions { MaxConnections = 0, VlanIds = [4_095] } }),
        (1, () => nic with { Addresses = [], AllowedAddresses = [], AddressChecks = true }),
        (1, () => nic with { Id = "\ud800" }))());

    private static Policy FlawRule(Policy policy, Dice dice) => ChangeGroup(policy, dice, group => dice.Weighted<Func<SecurityGroup>>(
        (1, () => group.WithRule(SecurityGroupRule.Ingress(IpProtocol.Any, Remote.SecurityGroup(Stranger)))),
        (1, () => group.WithRule(SecurityGroupRule.Egress(IpProtocol.Any, Remote.AddressGroup(Stranger)))),
        (1, () => group.WithRule(SecurityGroupRule.Ingress(IpProtocol.FromNumber(47), 80, Remote.Any))),
        (1, () => group.Rules.IsEmpty ? group : group.WithRule(group.Rules[0])))());

    private static Policy ChangeGroup(Policy policy, Dice dice, Func<SecurityGroup, SecurityGroup> change) =>
        policy.SecurityGroups.IsEmpty ? policy : policy.UpdateGroup(dice.PickFrom([.. policy.SecurityGroups.Keys]), change);

    private static Policy ChangeNic(Policy policy, Dice dice, Func<Nic, Nic> change) =>
        policy.Nics.IsEmpty ? policy : policy.WithNic(change(policy.Nics[dice.PickFrom([.. policy.Nics.Keys])]));
}
