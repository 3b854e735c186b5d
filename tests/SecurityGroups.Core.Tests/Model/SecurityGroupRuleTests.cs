using System.Net;

namespace SecurityGroups.Tests.Model;

public sealed class SecurityGroupRuleTests
{
    [Fact]
    [Trait("Semantics", "2")]
    public void Factories_OfBothDirections_SetTheDirection()
    {
        Assert.Equal(Direction.Ingress, SecurityGroupRule.Ingress(IpProtocol.Tcp, 22, Remote.Any).Direction);
        Assert.Equal(Direction.Egress, SecurityGroupRule.Egress(IpProtocol.Tcp, 22, Remote.Any).Direction);
    }

    [Fact]
    [Trait("Semantics", "3")]
    public void Ethertype_OfARuleWithAPrefix_FollowsThePrefix()
    {
        Assert.Equal(Ethertype.IPv4, SecurityGroupRule.Ingress(IpProtocol.Tcp, 22, Remote.Network("0.0.0.0/0")).Ethertype);
        Assert.Equal(Ethertype.IPv6, SecurityGroupRule.Ingress(IpProtocol.Tcp, 22, Remote.Network("::/0")).Ethertype);
        Assert.Null(SecurityGroupRule.Ingress(IpProtocol.Tcp, 22, Remote.Any).Ethertype);
    }

    [Fact]
    [Trait("Semantics", "5")]
    [Trait("Scenario", "S15")]
    public void Protocol_IcmpInAnIPv6Rule_IsIcmpV6()
    {
        SecurityGroupRule byEthertype = SecurityGroupRule.Ingress(IpProtocol.Icmp, Remote.Any) with { Ethertype = Ethertype.IPv6 };
        SecurityGroupRule byPrefix = SecurityGroupRule.Ingress(IpProtocol.FromNumber(1), Remote.Network("2001:db8::/32"));

        Assert.Equal(IpProtocol.IcmpV6, byEthertype.Protocol);
        Assert.Equal(IpProtocol.IcmpV6, byPrefix.Protocol);
        Assert.Equal(IpProtocol.Icmp, (SecurityGroupRule.Ingress(IpProtocol.Icmp, Remote.Any) with { Ethertype = Ethertype.IPv4 }).Protocol);
    }

    [Fact]
    [Trait("Decisions", "Policy and text")]
    public void Factories_DefaultValues_AreRefusedByName()
    {
        Assert.Equal("protocol", Assert.Throws<ArgumentException>(() => SecurityGroupRule.Ingress(default, Remote.Any)).ParamName);
        Assert.Equal("ports", Assert.Throws<ArgumentException>(() => SecurityGroupRule.Ingress(IpProtocol.Tcp, default(PortRange), Remote.Any)).ParamName);
        Assert.Equal("icmp", Assert.Throws<ArgumentException>(() => SecurityGroupRule.Egress(IpProtocol.Icmp, default(IcmpMatch), Remote.Any)).ParamName);
        Assert.Equal("remote", Assert.Throws<ArgumentNullException>(() => SecurityGroupRule.Egress(IpProtocol.Tcp, 22, null!)).ParamName);
    }

    [Theory]
    [Trait("Semantics", "9")]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65536)]
    public void PortRange_PortOutOfRange_Throws(int port)
    {
        Assert.Equal("port", Assert.Throws<ArgumentOutOfRangeException>(() => new PortRange(port)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PortRange(port, port));
        Assert.Throws<ArgumentOutOfRangeException>(() => SecurityGroupRule.Ingress(IpProtocol.Tcp, port, Remote.Any));
    }

    [Fact]
    [Trait("Semantics", "9")]
    public void PortRange_EndBeforeBegin_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new PortRange(50, 22));

    [Fact]
    [Trait("Semantics", "8")]
    public void PortRange_All_IsEveryPortAndDefaultIsNone()
    {
        Assert.Equal(PortRange.All, new PortRange(1, 65535));
        Assert.True(PortRange.All.IsAll);
        Assert.True(default(PortRange).IsUnspecified);
        Assert.False(default(PortRange).IsAll);
        Assert.Equal("any", PortRange.All.ToString());
        Assert.Equal("443", new PortRange(443).ToString());
        Assert.Equal("1-2", new PortRange(1, 2).ToString());
    }

    [Fact]
    [Trait("Semantics", "10")]
    public void IcmpMatch_ZeroTypeAndCode_AreValues()
    {
        Assert.NotEqual(default, new IcmpMatch(0));
        Assert.NotEqual(new IcmpMatch(0), new IcmpMatch(0, 0));
        Assert.True(default(IcmpMatch).IsUnspecified);
        Assert.Equal("type 0 code 0", new IcmpMatch(0, 0).ToString());
        Assert.Equal("type 8", new IcmpMatch(8).ToString());
    }

    [Fact]
    [Trait("Semantics", "11")]
    public void Remote_EveryDoor_NamesOneThing()
    {
        Assert.Equal(RemoteKind.Any, Remote.Any.Kind);
        Assert.Equal(Cidr.Parse("10.0.0.0/8"), Remote.Network(IPNetwork.Parse("10.0.0.0/8")).Prefix);
        Assert.Equal(Cidr.Parse("10.0.0.1"), Remote.Address(IPAddress.Parse("::ffff:10.0.0.1")).Prefix);
        Assert.Equal("db", Remote.SecurityGroup("db").Id);
        Assert.Equal(RemoteKind.AddressGroup, Remote.AddressGroup("office").Kind);
        Assert.Throws<ArgumentException>(() => Remote.Network(default(IPNetwork)));
        Assert.Throws<FormatException>(() => Remote.Network("10/8"));
        Assert.Throws<ArgumentException>(() => Remote.SecurityGroup(""));
    }

    [Fact]
    [Trait("Semantics", "16")]
    public void With_AnotherDescription_LeavesTheRuleAsItWas()
    {
        SecurityGroupRule rule = SecurityGroupRule.Ingress(IpProtocol.Tcp, 22, Remote.Any) with { Id = "ssh" };
        SecurityGroupRule changed = rule with { Description = "administration" };

        Assert.Null(rule.Description);
        Assert.NotEqual(rule, changed);
        Assert.Equal(rule, changed with { Description = null });
    }

    [Fact]
    public void ToString_Rule_ReadsLikeOne()
    {
        Assert.Equal("ingress IPv4 tcp 22 10.0.0.1/8", SecurityGroupRule.Ingress(IpProtocol.Tcp, 22, Remote.Network("10.0.0.1/8")).ToString());
        Assert.Equal("egress IPv4+IPv6 any any", SecurityGroupRule.Egress(IpProtocol.Any, Remote.Any).ToString());
        Assert.Equal("ingress IPv6 ipv6-icmp type 128 group:db", (SecurityGroupRule.Ingress(IpProtocol.Icmp, new IcmpMatch(128), Remote.SecurityGroup("db")) with { Ethertype = Ethertype.IPv6 }).ToString());
    }
}
