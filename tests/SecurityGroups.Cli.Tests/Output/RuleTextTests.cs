using SecurityGroups.Cli.Output;

namespace SecurityGroups.Tests.Output;

public sealed class RuleTextTests
{
    [Fact]
    public void Rule_EveryPart_IsNamed()
    {
        Assert.Equal(
            "ingress IPv4 tcp 443 from 203.0.113.0/24",
            RuleText.Of(SecurityGroupRule.Ingress(IpProtocol.Tcp, 443, Remote.Network("203.0.113.0/24"))));
        Assert.Equal(
            "egress IPv6 any to any", RuleText.Of(SecurityGroupRule.Egress(IpProtocol.Any, Remote.Any) with { Ethertype = Ethertype.IPv6 }));
        Assert.Equal(
            "ingress IPv4 icmp type 8 from security group db",
            RuleText.Of(SecurityGroupRule.Ingress(IpProtocol.Icmp, new IcmpMatch(8), Remote.SecurityGroup("db")) with { Ethertype = Ethertype.IPv4 }));
        Assert.Equal(
            "egress IPv4 udp 5000-5010 to address group office",
            RuleText.Of(SecurityGroupRule.Egress(IpProtocol.Udp, new PortRange(5000, 5010), Remote.AddressGroup("office")) with { Ethertype = Ethertype.IPv4 }));
    }
}
