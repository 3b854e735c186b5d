using System.Net;
using SecurityGroups.Compile;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Compile;

public sealed class CompilationTests
{
    private static readonly FirewallOptions s_options = new() { LinkType = LinkType.RawIp };

    /// <summary>Whoever lets tenants name networks must not lose memory with every name.</summary>
    [Fact]
    public void Networks_ThatComeAndGo_LeaveNothingBehind()
    {
        Policy policy = Policy.Create([SecurityGroup.CreateDefault("web")], [NicIn(0)]);
        CompiledPolicy compiled = Compile(policy, CompiledPolicy.Empty);
        for (int i = 1; i <= 1_000; i++)
        {
            policy = policy.WithNic(NicIn(i)).WithoutNic($"nic{i - 1}");
            compiled = Compile(policy, compiled);
        }

        MembershipIndex members = compiled.Ruleset.Members;
        UInt128 address = AddressBits.From(IPAddress.Parse("10.0.0.1"));
        Assert.Equal("net1000", Assert.Single(compiled.NetworkUsers).Key);
        Assert.False(compiled.Networks.TryGet("net999", out _));
        Assert.InRange(compiled.Networks["net1000"], 0, 1);
        Assert.Single(Enumerable.Range(0, 1_001), network => !members.PrefixLengths(network, Ethertype.IPv4, address).IsEmpty);
    }

    [Fact]
    public void Network_ThatANicLeaves_KeepsItsNumberForTheOthers()
    {
        Nic mover = NicIn(1) with { NetworkId = "a" };
        Nic stayer = NicIn(2) with { NetworkId = "a" };
        CompiledPolicy before = Compile(Policy.Create([SecurityGroup.CreateDefault("web")], [mover, stayer]), CompiledPolicy.Empty);
        CompiledPolicy after = Compile(before.Ruleset.Policy.WithNic(mover with { NetworkId = "b" }), before);
        Assert.Equal(before.Networks["a"], after.Networks["a"]);
        Assert.NotEqual(after.Networks["a"], after.Networks["b"]);
        CompiledPolicy empty = Compile(after.Ruleset.Policy.WithoutNic("nic2"), after);
        Assert.False(empty.Networks.TryGet("a", out _));
        Assert.True(empty.Networks.TryGet("b", out _));
    }

    [Fact]
    public void PrefixLengths_NetworkWithoutMembers_IsNotKept()
    {
        MemberChange change = new(1_000, Ethertype.IPv6, 1, 128, [0], Joins: true);
        PrefixLengths lengths = PrefixLengths.Empty.With([Pending(change with { Network = 1 }), Pending(change)]);
        Assert.Equal(2_002, lengths.Scopes);
        Assert.Equal(4, lengths.With([Pending(change with { Joins = false })]).Scopes);
    }

    private static PendingChange Pending(MemberChange change) =>
        new(new MemberKey(change.Network, change.Ethertype, change.Bits, change.PrefixLength), 0, change);

    private static Nic NicIn(int number) =>
        new($"nic{number}") { NetworkId = $"net{number}", Addresses = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("2001:db8::1")], SecurityGroups = ["web"] };

    private static CompiledPolicy Compile(Policy policy, CompiledPolicy previous) =>
        new RulesetCompiler(s_options, new Identities()).Compile(policy, previous);

    /// <summary>Lookups and lists that an update copies would show here: a member costs the same at any size, and nothing large is allocated.</summary>
    [Fact]
    public void Member_OfAGroupThatAThousandReference_AllocatesLittleAtAnySize()
    {
        long small = OctetsOfAMember(100);
        long large = OctetsOfAMember(20_000);
        Assert.InRange(small, 1, 32_000);
        Assert.InRange(large, 1, 32_000);
    }

    private static long OctetsOfAMember(int members)
    {
        const int Changes = 50;
        IEnumerable<SecurityGroup> referrers = Enumerable.Range(0, 1_000).Select(i =>
            SecurityGroup.CreateEmpty($"r{i}").WithRule(SecurityGroupRule.Ingress(IpProtocol.Any, Remote.SecurityGroup("large"))));
        Nic[] nics = [.. Enumerable.Range(0, members).Select(i => MemberOf("large", i)), .. Enumerable.Range(0, 1_000).Select(i => MemberOf($"r{i}", 100_000 + i))];
        using Firewall firewall = new(Policy.Create([SecurityGroup.CreateEmpty("large"), .. referrers], nics), s_options);
        JoinAndLeave(firewall, Changes, members);
        long before = GC.GetAllocatedBytesForCurrentThread();
        JoinAndLeave(firewall, Changes, members);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (2 * Changes);
    }

    private static void JoinAndLeave(Firewall firewall, int times, int number)
    {
        for (int i = 0; i < times; i++)
        {
            firewall.Update(policy => policy.WithNic(MemberOf("large", number)));
            firewall.Update(policy => policy.WithoutNic($"nic{number}"));
        }
    }

    private static Nic MemberOf(string group, int number) =>
        new($"nic{number}") { Addresses = [new IPAddress([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number])], SecurityGroups = [group] };
}
