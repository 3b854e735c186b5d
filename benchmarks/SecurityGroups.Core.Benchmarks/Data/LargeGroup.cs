using System.Net;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>A policy whose one group has many members and is the remote of rules of a thousand others, each with a NIC of its own.</summary>
internal static class LargeGroup
{
    public const string GroupId = "large";
    public const int Referrers = 1_000;

    public static Policy Policy(int members) => SecurityGroups.Policy.Create(
        [SecurityGroup.CreateEmpty(GroupId), .. Enumerable.Range(0, Referrers).Select(Referrer)],
        [.. Enumerable.Range(0, Referrers).Select(i => Nic($"user{i}", 0xAC10_0000u + (uint)i, ReferrerId(i))), .. Enumerable.Range(0, members).Select(Member)]);

    /// <summary>A member by number; the first ones are in the policy.</summary>
    public static Nic Member(int number) => Nic($"member{number}", AddressOf(number), GroupId);

    /// <summary>The address of a member by number.</summary>
    public static uint AddressOf(int member) => 0x0A80_0000u + (uint)member;

    /// <summary>The port that a referrer's rule opens to the members.</summary>
    public static ushort PortOf(int referrer) => (ushort)(5_000 + referrer);

    public static string ReferrerId(int number) => $"referrer{number}";

    /// <summary>A copy of a policy with a member more, or without it.</summary>
    public static Policy Toggle(Policy policy, Nic member) => policy.Nics.ContainsKey(member.Id) ? policy.WithoutNic(member.Id) : policy.WithNic(member);

    private static SecurityGroup Referrer(int number) => SecurityGroup.CreateEmpty(ReferrerId(number)).WithRule(
        SecurityGroupRule.Ingress(IpProtocol.Tcp, PortOf(number), Remote.SecurityGroup(GroupId)) with { Ethertype = Ethertype.IPv4 });

    private static Nic Nic(string id, uint address, string groupId) => new(id)
    {
        Addresses = [new IPAddress([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address])],
        SecurityGroups = [groupId],
    };
}
