using System.Collections.Immutable;
using FsCheck.Xunit;
using SecurityGroups.Compile;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Compile;

public sealed class FormCompilerTests
{
    [Property(MaxTest = 300)]
    public void Form_AnyPolicy_AgreesWithALoopOverItsRules(int seed)
    {
        Random random = new(seed);
        FormDice dice = new(random);
        for (int i = 0; i < 200; i++)
        {
            dice.Check(dice.Key());
        }
    }

    [Property(MaxTest = 300)]
    public void AreAllowed_AnyPolicy_AgreesWithSingleKeys(int seed) => new FormDice(new Random(seed)).CheckBursts();

    [Fact]
    public void Form_OfFewRules_KeepsItsMemory()
    {
        SecurityGroupRule[] rules =
        [
            SecurityGroupRule.Ingress(IpProtocol.Tcp, 443, Remote.Network("2001:db8::5/128")) with { Id = "a" },
            SecurityGroupRule.Egress(IpProtocol.Tcp, 80, Remote.Network("10.0.0.5/32")) with { Id = "b" },
            SecurityGroupRule.Ingress(IpProtocol.Udp, new PortRange(7, 90), Remote.SecurityGroup("g")) with { Id = "c" },
            SecurityGroupRule.Egress(IpProtocol.Any, Remote.Any) with { Id = "d" },
        ];
        for (int count = 0; count <= rules.Length; count++)
        {
            SecurityGroup group = SecurityGroup.CreateEmpty("g").WithRules(rules[..count]);
            CompiledForm form = new FormModel([new RuleBlock(1, group)], new Dictionary<string, AddressGroup>(), [], _ => 0).Compile();
            Assert.InRange(form.Octets, 1, FormCompiler.MaxOctetsOfForm + (count * FormCompiler.MaxOctetsPerRow));
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
        ImmutableArray<RuleBlock> blocks = [new RuleBlock(1, FormDice.Group(random, "a")), new RuleBlock(100, FormDice.Group(random, "b"))];
        MemberChange[] members = [.. Enumerable.Range(0, 20).Select(_ => FormDice.Member(random))];
        Dictionary<string, AddressGroup> addressGroups = new() { ["office"] = new AddressGroup("office", []), ["empty"] = new AddressGroup("empty", []) };
        CompiledForm form = new FormModel(blocks, addressGroups, members, id => id[0] - 'a').Compile();
        MembershipIndex index = MembershipIndex.Empty.With(members, 1);
        MatchKey[] keys = [.. Enumerable.Range(0, 2000).Select(_ => FormDice.Key(random, blocks, members)).OrderBy(key => key.Table)];
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

        for (int start = 0; start + MatchKey.MaxBurst <= keys.Length; start += MatchKey.MaxBurst)
        {
            sum += form.AreAllowed(keys.AsSpan(start, MatchKey.MaxBurst), index, 0);
        }

        return sum;
    }

    private static CompiledForm Compile(params SecurityGroup[] groups) =>
        new FormModel([.. groups.Select((group, i) => new RuleBlock((i * 100) + 1, group))], new Dictionary<string, AddressGroup>(), [], _ => 0).Compile();
}
