namespace SecurityGroups.Tests.Model;

public sealed class GroupChecksTests
{
    [Fact]
    public void Validate_GroupWithFlaws_TellsThemEveryTime()
    {
        SecurityGroupRule rule = SecurityGroupRule.Ingress(IpProtocol.Any, 22, Remote.Network("10.0.0.0/8"));
        Policy policy = Policy.Empty.WithGroup(SecurityGroup.CreateEmpty("g").WithRules([rule, SecurityGroupRule.Ingress(IpProtocol.FromNumber(0), Remote.Network("10.0.0.0/8"))]));

        PolicyReport first = policy.Validate();
        PolicyReport second = policy.Validate();

        Assert.Equal("port.protocol", Assert.Single(first.Errors).Code);
        Assert.Equal("protocol.neverMatches", Assert.Single(first.Warnings).Code);
        Assert.Equal(first.Errors, second.Errors.AsEnumerable());
        Assert.Equal(first.Warnings, second.Warnings.AsEnumerable());
    }

    [Fact]
    public void Validate_FlawlessGroupChanged_IsAskedAgain()
    {
        SecurityGroup group = SecurityGroup.CreateDefault("g");
        Policy policy = Policy.Create([group], []);

        Assert.True(policy.Validate().IsValid);
        Assert.Equal(
            ["rule.duplicate", "rule.duplicate"],
            policy.UpdateGroup("g", old => old.WithRule(SecurityGroupRule.Egress(IpProtocol.Any, Remote.Any))).Validate().Errors.Select(error => error.Code));
    }

    [Fact]
    public void Validate_FlawlessGroup_IsStillHeldAgainstLimitsAndReferences()
    {
        SecurityGroup group = SecurityGroup.CreateDefault("g").WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, Remote.SecurityGroup("h")));
        Policy policy = Policy.Create([group, SecurityGroup.CreateEmpty("h")], []);

        Assert.Equal("limit.rulesPerGroup", Assert.Single(policy.Validate(new() { MaxRulesPerGroup = 5 }).Errors).Code);
        Assert.All(policy.WithoutGroup("h").Validate().Errors, error => Assert.Equal("reference.securityGroup", error.Code));
        Assert.Equal(2, policy.WithoutGroup("h").Validate().Errors.Length);
    }

    [Fact]
    public void Ethertype_NotOneOfTheTwo_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SecurityGroupRule.Egress(IpProtocol.Any, Remote.Any) with { Ethertype = (Ethertype)7 });

    [Theory]
    [InlineData("portrange", "; did you mean 'portRange'?")]
    [InlineData("prot", ".")]
    [InlineData("ot", ".")]
    [InlineData("potrRange", "; did you mean 'portRange'?")]
    [InlineData("G", "; did you mean 'g'?")]
    [InlineData("h", ".")]
    public void Suggestion_OnlyForCloseWords(string written, string ending) => Assert.Equal(ending, Suggestion.For(written, ["portRange", "g"]));
}
