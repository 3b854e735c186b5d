using System.Net;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>A policy of 50 tiers as clouds have them: rules for prefixes and for the next tier, NICs spread over the tiers.</summary>
internal static class TieredPolicy
{
    public const int Tiers = 50;

    public static Policy Policy(int rulesPerTier, int nics) => SecurityGroups.Policy.Create(
        Enumerable.Range(0, Tiers).Select(tier => Tier(tier, rulesPerTier)), Enumerable.Range(0, nics).Select(i => Member(i, IdOf(i % Tiers))));

    /// <summary>A NIC by number; the first ones are in the policy.</summary>
    public static Nic Member(int number, string groupId) => new($"nic{number}")
    {
        Addresses = [new IPAddress([172, 16, (byte)(number >> 8), (byte)number])],
        SecurityGroups = [groupId],
    };

    /// <summary>A copy of a policy with one rule more in the first tier, or without it.</summary>
    public static Policy ToggleRule(Policy policy, bool isExtra) => policy.UpdateGroup(IdOf(0), group => isExtra
        ? group.WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, 9_999, Remote.Any) with { Id = "extra", Ethertype = Ethertype.IPv4 })
        : group.WithoutRule("extra"));

    /// <summary>A copy of a policy of so many NICs with one more, or without it.</summary>
    public static Policy ToggleMember(Policy policy, int nics, bool isExtra) =>
        isExtra ? policy.WithNic(Member(nics, IdOf(0))) : policy.WithoutNic($"nic{nics}");

    private static string IdOf(int tier) => $"tier{tier}";

    private static SecurityGroup Tier(int number, int rules) => SecurityGroup.CreateDefault(IdOf(number)).WithRules(
        Enumerable.Range(0, rules).Select(i => (i % 4 == 0
            ? SecurityGroupRule.Ingress(IpProtocol.Tcp, 1_000 + i, Remote.SecurityGroup(IdOf((number + 1) % Tiers)))
            : SecurityGroupRule.Ingress(IpProtocol.Tcp, 1_000 + i, Remote.Network($"10.{i % 256}.{number}.0/24"))) with
        { Id = $"r{i}", Ethertype = Ethertype.IPv4 }));
}
