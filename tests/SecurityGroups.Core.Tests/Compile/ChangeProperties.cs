using System.Collections.Immutable;
using System.Net;
using FsCheck.Xunit;
using SecurityGroups.Compile;
using SecurityGroups.Match;
using SecurityGroups.Tests.Properties;

namespace SecurityGroups.Tests.Compile;

/// <summary>
/// However a policy came about, by noted edits of the one in force, of an older one, of one that was refused, or from a file: it is refused for
/// the errors that the validator finds, and otherwise compiles to what a compilation from nothing gives.
/// </summary>
public sealed class ChangeProperties
{
    private const int Updates = 25;
    private static readonly byte[] s_protocols = [6, 6, 17, 132, 1, 58, 47];

    private static readonly UInt128[][] s_remotes =
    [
        [.. Universe.OutsideIPv4.Concat(Enumerable.Range(4, 12).Select(host => $"10.0.0.{host}")).Append("10.0.9.1").Select(Bits)],
        [.. Universe.OutsideIPv6.Concat(Enumerable.Range(4, 12).Select(host => $"2001:db8::{host}")).Append("2001:db8:9::1").Select(Bits)],
    ];

    [Property(MaxTest = 100)]
    public void Compile_AnyEdits_IsRefusedOrCompiledAsFromNothing(int seed)
    {
        Dice dice = new(seed);
        PolicyLimits limits = new() { MaxGroupsPerNic = dice.Pick(2, 9), MaxMembersPerGroup = dice.Pick(3, 9), MaxRulesPerGroup = 12 };
        FirewallOptions options = new() { LinkType = LinkType.RawIp, Limits = limits };
        RulesetCompiler compiler = new(options, new Identities());
        List<Policy> known = [Policy.Empty];
        CompiledPolicy inForce = CompiledPolicy.Empty;
        for (int i = 0; i < Updates; i++)
        {
            Policy policy = i == 0 ? PolicyDice.Policy(dice) : Next(inForce.Ruleset.Policy, known, dice);
            known.Add(policy);
            AssertSameDifference(inForce.Ruleset.Policy, policy);
            if (policy.Validate(limits) is { IsValid: false } report)
            {
                Assert.Equal(report.Errors, Assert.Throws<PolicyException>(() => compiler.Compile(policy, inForce)).Errors.AsEnumerable());
                continue;
            }

            inForce = compiler.Compile(policy, inForce);
            policy.BecomeBase();
            AssertSame(new RulesetCompiler(options, new Identities()).Compile(policy, CompiledPolicy.Empty), inForce, dice);
        }
    }

    private static Policy Next(Policy inForce, List<Policy> known, Dice dice)
    {
        Policy policy = dice.Weighted((80, inForce), (15, dice.PickFrom(known)), (5, Reread(inForce)));
        for (int edits = dice.Weighted((50, 1), (30, 3), (20, 8)); edits > 0; edits--)
        {
            policy = EditDice.Edit(policy, dice);
        }

        return policy;
    }

    private static Policy Reread(Policy policy) => policy.Validate().IsValid ? PolicyJson.Read(PolicyJson.Write(policy)) : policy;

    private static void AssertSameDifference(Policy before, Policy after)
    {
        PolicyDifference found = PolicyDifference.Between(before, after);
        PolicyDifference whole = PolicyDifference.Everywhere(before, after);
        AssertSame(whole.SecurityGroups, found.SecurityGroups);
        AssertSame(whole.AddressGroups, found.AddressGroups);
        AssertSame(whole.Nics, found.Nics);
    }

    private static void AssertSame<T>(PolicyDifference.Changes<T> expected, PolicyDifference.Changes<T> actual)
        where T : class
    {
        Assert.Equal(expected.Set.ToHashSet(), actual.Set.ToHashSet());
        Assert.Equal(expected.Set.Count, actual.Set.Count);
        Assert.Equal(expected.Removed.ToHashSet(), actual.Removed.ToHashSet());
        Assert.Equal(expected.Removed.Count, actual.Removed.Count);
    }

    private static void AssertSame(CompiledPolicy expected, CompiledPolicy actual, Dice dice)
    {
        Assert.Equal(expected.Uses.Members.ToHashSet(), actual.Uses.Members.ToHashSet());
        Assert.Equal(expected.Uses.RemoteGroups.ToHashSet(), actual.Uses.RemoteGroups.ToHashSet());
        Assert.Equal(Flat(expected.Uses.AddressGroups), Flat(actual.Uses.AddressGroups));
        Assert.Equal(Flat(expected.FormsOfGroup), Flat(actual.FormsOfGroup));
        Assert.Equal(expected.FormUses.Select(use => (use.Key, use.Value.Users)).ToHashSet(), actual.FormUses.Select(use => (use.Key, use.Value.Users)).ToHashSet());
        Assert.Equal(expected.FormOctets, actual.FormOctets);
        Assert.Equal(actual.FormOctets, actual.Ruleset.Forms.Sum(form => form?.Form.Octets ?? 0));
        Assert.Equal(expected.NetworkUsers.ToHashSet(), actual.NetworkUsers.ToHashSet());
        Assert.Equal(expected.Ruleset.Nics.All().Select(nic => nic.Id).ToHashSet(), actual.Ruleset.Nics.All().Select(nic => nic.Id).ToHashSet());
        foreach (NicBinding nic in expected.Ruleset.Nics.All())
        {
            AssertSame(expected.Ruleset, nic, actual.Ruleset, actual.Ruleset.FindNic(nic.Id)!, dice);
        }
    }

    private static void AssertSame(Ruleset expected, NicBinding expectedNic, Ruleset actual, NicBinding nic, Dice dice)
    {
        Assert.Equal((expectedNic.SecurityOn, expectedNic.Stateful, expectedNic.Mac), (nic.SecurityOn, nic.Stateful, nic.Mac));
        Assert.Equal((expectedNic.LinkType, expectedNic.Infrastructure, expectedNic.Tracking), (nic.LinkType, nic.Infrastructure, nic.Tracking));
        for (int i = 0; i < 20 && nic.SecurityOn; i++)
        {
            MatchKey key = Key(dice);
            CompiledForm expectedForm = expected.FormOf(expectedNic).Form;
            CompiledForm form = actual.FormOf(nic).Form;
            Assert.Equal(expectedForm.IsAllowed(key, expected.Members, expectedNic.Network), form.IsAllowed(key, actual.Members, nic.Network));
            Assert.Equal(
                RuleOf(expected, expectedForm.FindRule(key, expected.Members, expectedNic.Network)),
                RuleOf(actual, form.FindRule(key, actual.Members, nic.Network)));
        }
    }

    private static (string Group, string Rule)? RuleOf(Ruleset ruleset, long number) =>
        number == 0 ? null : ruleset.Rules.TryGetRule(number, out RuleReference? rule) ? (rule.SecurityGroup.Id, rule.Rule.Id) : throw new InvalidOperationException($"No rule {number}.");

    private static MatchKey Key(Dice dice)
    {
        Ethertype ethertype = dice.Pick(Ethertype.IPv4, Ethertype.IPv6);
        return new MatchKey(
            dice.Pick(Direction.Ingress, Direction.Egress), ethertype, dice.PickFrom(s_remotes[(int)ethertype]), dice.PickFrom(s_protocols),
            (ushort)dice.PickFrom(Universe.ServicePorts));
    }

    private static HashSet<(string, string)> Flat(ImmutableDictionary<string, ImmutableHashSet<string>> sets)
    {
        Assert.DoesNotContain(sets.Values, set => set.IsEmpty);
        return [.. sets.SelectMany(entry => entry.Value, (entry, value) => (entry.Key, value))];
    }

    private static UInt128 Bits(string address) => AddressBits.From(IPAddress.Parse(address));
}
