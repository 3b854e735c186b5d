using System.Collections.Immutable;
using FsCheck.Xunit;
using SecurityGroups.Compile;
using SecurityGroups.Match;
using SecurityGroups.Tests.Match;

namespace SecurityGroups.Tests.Compile;

public sealed class FormCompilerTests
{
    private static readonly IpProtocol[] s_protocols =
        [IpProtocol.Any, IpProtocol.Tcp, IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Icmp, IpProtocol.Sctp, IpProtocol.FromNumber(47), IpProtocol.FromNumber(44)];

    [Property(MaxTest = 300)]
    public void Form_AnyPolicy_AgreesWithALoopOverItsRules(int seed)
    {
        Random random = new(seed);
        string[] ids = ["a", "b", "c", "d"];
        Dictionary<string, AddressGroup> addressGroups = new()
        {
            ["office"] = new AddressGroup("office", Enumerable.Range(0, 5).Select(_ => PrefixModel.Prefix(random, (Ethertype)random.Next(2)).Cidr)),
            ["empty"] = new AddressGroup("empty", []),
        };
        ImmutableArray<RuleBlock> blocks = [.. ids.Where(_ => random.Next(3) > 0).Select((id, i) => new RuleBlock((i * 1000) + 1, RandomGroup(random, id)))];
        MemberChange[] members = [.. Enumerable.Range(0, 20).Select(_ => RandomMember(random)).Where(m => MembershipIndex.CanBeMember(m.Ethertype, m.Bits, m.PrefixLength))];
        FormModel model = new(blocks, addressGroups, members, id => Array.IndexOf(ids, id));
        CompiledForm form = model.Compile();
        MembershipIndex index = MembershipIndex.Empty.With(members, 1);
        for (int i = 0; i < 200; i++)
        {
            MatchKey key = RandomKey(random, blocks, members);
            int network = random.Next(2);
            long expected = MembershipIndex.CanBeMember(key.Ethertype, key.Remote, 128) || members.Length == 0
                ? model.FindRule(key, network)
                : new FormModel(blocks, addressGroups, [], id => Array.IndexOf(ids, id)).FindRule(key, network);
            Assert.Equal(expected, form.FindRule(key, index, network));
            Assert.Equal(expected > 0, form.IsAllowed(key, index, network));
        }
    }

    [Property(MaxTest = 60)]
    public void Form_ManyRangesAtFewRemotes_AgreesWithALoopOverItsRules(int seed)
    {
        Random random = new(seed);
        string[] remotes = ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "10.1.2.128/25", "192.0.2.0/24"];
        SecurityGroupRule[] rules = [.. Enumerable.Range(0, random.Next(1, 400)).Select(i =>
        {
            int low = random.Next(1, 1000);
            PortRange ports = new(low, low + random.Next(8));
            Remote remote = random.Next(8) == 0 ? Remote.SecurityGroup("a") : Remote.Network(remotes[random.Next(remotes.Length)]);
            return SecurityGroupRule.Ingress(random.Next(2) == 0 ? IpProtocol.Tcp : IpProtocol.Udp, ports, remote) with { Id = $"{i}", Ethertype = Ethertype.IPv4 };
        })];
        MemberChange[] members = [new(0, Ethertype.IPv4, Cidr.Parse("10.1.2.3").Bits, 32, [0], true)];
        FormModel model = new([new RuleBlock(5, SecurityGroup.CreateEmpty("a").WithRules([.. rules]))], new Dictionary<string, AddressGroup>(), members, _ => 0);
        CompiledForm form = model.Compile();
        MembershipIndex index = MembershipIndex.Empty.With(members, 1);
        foreach (string remote in remotes.Append("10.1.2.129/32").Append("198.51.100.1"))
        {
            for (int i = 0; i < 40; i++)
            {
                MatchKey key = new(Direction.Ingress, Ethertype.IPv4, Cidr.Parse(remote).Bits, (byte)(i % 2 == 0 ? 6 : 17), (ushort)random.Next(1010));
                long expected = model.FindRule(key, 0);
                Assert.Equal(expected, form.FindRule(key, index, 0));
                Assert.Equal(expected > 0, form.IsAllowed(key, index, 0));
            }
        }
    }

    [Fact]
    public void TryCompile_OverBudget_IsAnErrorAndNoForm()
    {
        SecurityGroup group = SecurityGroup.CreateEmpty("web").WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, Remote.AddressGroup("many")));
        AddressGroup many = new("many", Enumerable.Range(0, 1000).Select(i => Cidr.Parse($"10.0.{i / 256}.{i % 256}/32")));
        bool compiled = FormCompiler.TryCompile(
            [new RuleBlock(1, group)], new Dictionary<string, AddressGroup> { ["many"] = many }, _ => 0, 100_000, out CompiledForm? form, out PolicyError? error);
        Assert.False(compiled);
        Assert.Null(form);
        Assert.Equal("limit.compiledMemory", error!.Code);
    }

    [Fact]
    public void Form_StatelessGroups_SaysSo()
    {
        Assert.True(Compile(SecurityGroup.CreateNeutron("a")).IsStateful);
        Assert.False(Compile(SecurityGroup.CreateNeutron("a").WithStateful(false)).IsStateful);
        Assert.True(Compile().IsStateful);
    }

    [Fact]
    public void Form_DefaultGroup_ReferencesItselfAtIngressOnly()
    {
        CompiledForm form = Compile(SecurityGroup.CreateDefault("a"));
        Assert.Equal(0, Assert.Single(form.ReferencedGroups));
        Assert.True(form.ReferencesGroups(Direction.Ingress, Ethertype.IPv4) && form.ReferencesGroups(Direction.Ingress, Ethertype.IPv6));
        Assert.False(form.ReferencesGroups(Direction.Egress, Ethertype.IPv4) || form.ReferencesGroups(Direction.Egress, Ethertype.IPv6));
    }

    [Fact]
    public void NamesPrefixCovering_AnyRemoteOrShorterPrefix_DoesNotCount()
    {
        CompiledForm form = Compile(SecurityGroup.CreateEmpty("a")
            .WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, Remote.Network("0.0.0.0/0")))
            .WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, Remote.Network("127.0.0.0/8")))
            .WithRule(SecurityGroupRule.Egress(IpProtocol.Tcp, Remote.Network("224.0.0.0/4"))));
        Assert.True(form.NamesPrefixCovering(Ethertype.IPv4, 0x7f000001, 8));
        Assert.False(form.NamesPrefixCovering(Ethertype.IPv4, 0x7f000001, 9));
        Assert.True(form.NamesPrefixCovering(Ethertype.IPv4, 0xe0000001, 4));
        Assert.False(form.NamesPrefixCovering(Ethertype.IPv4, 0x0a000001, 0));
        Assert.False(form.NamesPrefixCovering(Ethertype.IPv6, 1, 0));
    }

    [Fact]
    public void Form_RuleThatValidationRefuses_MatchesNothing()
    {
        SecurityGroupRule portsOfAny = SecurityGroupRule.Ingress(IpProtocol.Any, 22, Remote.Any) with { Id = "a", Ethertype = Ethertype.IPv4 };
        SecurityGroupRule portsOfGre = SecurityGroupRule.Ingress(IpProtocol.FromNumber(47), 22, Remote.Any) with { Id = "b", Ethertype = Ethertype.IPv4 };
        SecurityGroupRule hopByHop = SecurityGroupRule.Ingress(IpProtocol.FromNumber(0), Remote.Any) with { Id = "c", Ethertype = Ethertype.IPv4 };
        CompiledForm form = Compile(SecurityGroup.CreateEmpty("a").WithRules([portsOfAny, portsOfGre, hopByHop]));
        foreach ((byte protocol, ushort port) in new (byte, ushort)[] { (6, 0), (6, 22), (0, 0), (0, 22), (47, 0), (47, 22) })
        {
            MatchKey key = new(Direction.Ingress, Ethertype.IPv4, 1, protocol, port);
            Assert.False(form.IsAllowed(key, MembershipIndex.Empty, 0));
            Assert.Equal(0, form.FindRule(key, MembershipIndex.Empty, 0));
        }
    }

    [Fact]
    public void IsAllowedAndFindRule_Repeated_AllocateNothing()
    {
        Random random = new(1);
        ImmutableArray<RuleBlock> blocks = [new RuleBlock(1, RandomGroup(random, "a")), new RuleBlock(100, RandomGroup(random, "b"))];
        MemberChange[] members = [.. Enumerable.Range(0, 20).Select(_ => RandomMember(random))];
        Dictionary<string, AddressGroup> addressGroups = new() { ["office"] = new AddressGroup("office", []), ["empty"] = new AddressGroup("empty", []) };
        CompiledForm form = new FormModel(blocks, addressGroups, members, id => id[0] - 'a').Compile();
        MembershipIndex index = MembershipIndex.Empty.With(members, 1);
        MatchKey[] keys = [.. Enumerable.Range(0, 2000).Select(_ => RandomKey(random, blocks, members))];
        long sum = Sum(form, index, keys);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long again = Sum(form, index, keys);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(sum, again);
    }

    private static long Sum(CompiledForm form, MembershipIndex index, MatchKey[] keys)
    {
        long sum = 0;
        foreach (ref readonly MatchKey key in keys.AsSpan())
        {
            sum += form.FindRule(key, index, 0) + (form.IsAllowed(key, index, 0) ? 1 : 0);
        }

        return sum;
    }

    private static CompiledForm Compile(params SecurityGroup[] groups) =>
        new FormModel([.. groups.Select((group, i) => new RuleBlock((i * 100) + 1, group))], new Dictionary<string, AddressGroup>(), [], _ => 0).Compile();

    private static SecurityGroup RandomGroup(Random random, string id) =>
        SecurityGroup.CreateEmpty(id).WithRules([.. Enumerable.Range(0, random.Next(1 << random.Next(7))).Select(i => RandomRule(random, i))]);

    private static SecurityGroupRule RandomRule(Random random, int i)
    {
        Ethertype ethertype = (Ethertype)random.Next(2);
        IpProtocol protocol = s_protocols[random.Next(s_protocols.Length)];
        int low = random.Next(1, 40);
        PortRange ports = protocol.HasPorts && random.Next(4) > 0 ? new PortRange(low, low + random.Next(6)) : PortRange.All;
        IcmpMatch? icmp = !protocol.IsIcmp || random.Next(3) == 0
            ? null
            : random.Next(2) == 0 ? new IcmpMatch((byte)random.Next(3)) : new IcmpMatch((byte)random.Next(3), (byte)random.Next(3));
        return SecurityGroupRule.Create((Direction)random.Next(2), protocol, ports, icmp, RandomRemote(random, ethertype)) with
        {
            Id = $"{i}",
            Ethertype = ethertype,
        };
    }

    private static Remote RandomRemote(Random random, Ethertype ethertype) => random.Next(10) switch
    {
        0 => Remote.Any,
        1 => Remote.AddressGroup("office"),
        2 => Remote.AddressGroup("empty"),
        < 5 => Remote.SecurityGroup(((char)('a' + random.Next(4))).ToString()),
        _ => Remote.Network(PrefixModel.Prefix(random, ethertype).Cidr),
    };

    private static MemberChange RandomMember(Random random)
    {
        Prefix prefix = PrefixModel.Prefix(random, (Ethertype)random.Next(2));
        int[] groups = [.. Enumerable.Range(0, 4).Where(_ => random.Next(2) == 0)];
        return new MemberChange(random.Next(2), prefix.Ethertype, prefix.Bits, prefix.Length, [.. groups], true);
    }

    private static MatchKey RandomKey(Random random, ImmutableArray<RuleBlock> blocks, MemberChange[] members)
    {
        Ethertype ethertype = (Ethertype)random.Next(2);
        UInt128 remote = PrefixModel.Address(random, ethertype);
        Cidr[] named = [.. blocks.SelectMany(block => block.Group.Rules).Select(rule => rule.Remote.Prefix).OfType<Cidr>()];
        if (random.Next(3) == 0 && named.Length > 0)
        {
            Cidr prefix = named[random.Next(named.Length)];
            (ethertype, remote) = (prefix.Ethertype, prefix.Bits);
        }
        else if (random.Next(3) == 0 && members.Length > 0)
        {
            MemberChange member = members[random.Next(members.Length)];
            (ethertype, remote) = (member.Ethertype, member.Bits);
        }

        byte protocol = (byte)(random.Next(7) switch { 0 => 1, 1 => 58, 2 => 17, 3 => 132, 4 => 47, _ => 6 });
        int port = protocol switch { 47 => 0, 1 or 58 => (random.Next(4) << 8) | random.Next(4), _ => random.Next(48) };
        return new MatchKey((Direction)random.Next(2), ethertype, remote, protocol, (ushort)port);
    }
}
