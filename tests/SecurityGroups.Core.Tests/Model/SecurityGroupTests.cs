namespace SecurityGroups.Tests.Model;

public sealed class SecurityGroupTests
{
    private static readonly SecurityGroupRule s_ssh = SecurityGroupRule.Ingress(IpProtocol.Tcp, 22, Remote.Any);

    [Fact]
    [Trait("Semantics", "17")]
    public void CreateDefault_HasTheFourRulesOfTheDocumentation()
    {
        SecurityGroup group = SecurityGroup.CreateDefault("web");

        Assert.Equal(
            ["egress IPv4 any any", "egress IPv6 any any", "ingress IPv4 any group:web", "ingress IPv6 any group:web"],
            group.Rules.Select(rule => rule.ToString()));
        Assert.True(group.Stateful);
        Assert.Equal("web", group.Name);
    }

    [Fact]
    [Trait("Semantics", "17")]
    public void CreateNeutron_HasTheTwoEgressRules() =>
        Assert.Equal(["egress IPv4 any any", "egress IPv6 any any"], SecurityGroup.CreateNeutron("web").Rules.Select(rule => rule.ToString()));

    [Fact]
    [Trait("Semantics", "17")]
    public void CreateEmpty_HasNoRule() => Assert.Empty(SecurityGroup.CreateEmpty("web").Rules);

    [Fact]
    public void Create_EmptyId_IsRefused() => Assert.Equal("id", Assert.Throws<ArgumentException>(() => SecurityGroup.CreateEmpty("")).ParamName);

    [Fact]
    [Trait("Semantics", "3")]
    [Trait("Decisions", "Policy and text")]
    public void WithRule_OpenEthertype_BecomesTwoRules()
    {
        SecurityGroup group = SecurityGroup.CreateEmpty("web").WithRule(s_ssh with { Id = "x" });

        Assert.Equal(["x", "x-v6"], group.Rules.Select(rule => rule.Id));
        Assert.Equal([Ethertype.IPv4, Ethertype.IPv6], group.Rules.Select(rule => rule.Ethertype!.Value));
    }

    [Fact]
    [Trait("Semantics", "52")]
    public void WithRule_NoId_DerivesAStableOne()
    {
        SecurityGroup group = SecurityGroup.CreateEmpty("web").WithRule(s_ssh);

        Assert.Equal(["ingress-ipv4-tcp-22", "ingress-ipv6-tcp-22"], group.Rules.Select(rule => rule.Id));
        Assert.Equal(group, SecurityGroup.CreateEmpty("web").WithRule(s_ssh));
    }

    [Theory]
    [Trait("Decisions", "Policy and text")]
    [InlineData("icmp")]
    [InlineData("ipv6-icmp")]
    [InlineData("ipv6-encap")]
    [InlineData("59")]
    public void WithRule_OpenEthertypeWithIcmpOrIPv6Protocol_IsRefused(string protocol)
    {
        SecurityGroupRule rule = SecurityGroupRule.Ingress(IpProtocol.Parse(protocol), Remote.Any);

        Assert.Equal("rule", Assert.Throws<ArgumentException>(() => SecurityGroup.CreateEmpty("web").WithRule(rule)).ParamName);
    }

    [Fact]
    public void WithRules_Several_AddsThemAll()
    {
        SecurityGroup group = SecurityGroup.CreateNeutron("web").WithRules([s_ssh, SecurityGroupRule.Ingress(IpProtocol.Udp, 53, Remote.Network("10.0.0.0/8"))]);

        Assert.Equal(5, group.Rules.Length);
        Assert.Equal(SecurityGroup.CreateNeutron("web").WithRule(s_ssh).WithRule(group.Rules[4]), group);
        Assert.Throws<ArgumentNullException>(() => group.WithRules([null!]));
    }

    [Fact]
    public void WithoutRule_MadeFromAnOpenEthertype_RemovesBothHalves()
    {
        SecurityGroup group = SecurityGroup.CreateEmpty("web").WithRule(s_ssh with { Id = "ssh" });

        Assert.Empty(group.WithoutRule("ssh").Rules);
        Assert.Equal(["ssh"], group.WithoutRule("ssh-v6").Rules.Select(rule => rule.Id));
    }

    [Fact]
    public void WithoutRule_OtherRuleWithTheSuffix_Stays()
    {
        SecurityGroup group = SecurityGroup.CreateEmpty("web")
            .WithRule(s_ssh with { Id = "a", Ethertype = Ethertype.IPv4 })
            .WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, 23, Remote.Any) with { Id = "a-v6", Ethertype = Ethertype.IPv6 });

        Assert.Equal(["a-v6"], group.WithoutRule("a").Rules.Select(rule => rule.Id));
    }

    [Fact]
    public void WithoutRule_UnknownId_Throws() => Assert.Throws<KeyNotFoundException>(() => SecurityGroup.CreateNeutron("web").WithoutRule("ssh"));

    [Fact]
    [Trait("Semantics", "16")]
    public void Changes_OfAGroup_LeaveItAsItWas()
    {
        SecurityGroup group = SecurityGroup.CreateDefault("web");
        SecurityGroup changed = group.WithName("n").WithDescription("d").WithStateful(false).WithoutRules();

        Assert.Equal(SecurityGroup.CreateDefault("web"), group);
        Assert.Equal(("web", "n", "d", false, 0), (changed.Id, changed.Name, changed.Description, changed.Stateful, changed.Rules.Length));
        Assert.NotEqual(group, changed);
    }
}
