using System.Net.NetworkInformation;

namespace SecurityGroups.Tests.Model;

public sealed class PolicyJsonTests
{
    [Fact]
    [Trait("Semantics", "Section 8")]
    public void Read_ExampleOfTheSpecification_GivesItsPolicy()
    {
        Policy policy = PolicyJson.Read(PolicyExample.Json);

        SecurityGroup web = policy.SecurityGroups["web"];
        Assert.Equal(["r1", "ingress-ipv4-tcp-5432-group:app", "ingress-ipv4-icmp-type8-code0", "egress-ipv4-any"], web.Rules.Select(rule => rule.Id));
        Assert.All(web.Rules, rule => Assert.Equal(Ethertype.IPv4, rule.Ethertype));
        Assert.Equal("front ends", web.Description);
        Assert.True(web.Stateful);
        Assert.Equal(new PortRange(443), web.Rules[0].Ports);
        Assert.Equal(Remote.SecurityGroup("app"), web.Rules[1].Remote);
        Assert.Equal(new IcmpMatch(8, 0), web.Rules[2].Icmp);
        Assert.Equal(["203.0.113.0/24", "2001:db8::/32"], policy.AddressGroups["office"].Addresses.Select(prefix => prefix.Text));
        Nic nic = policy.Nics["web-1"];
        Assert.Equal(["10.0.0.10", "2001:db8::10"], nic.Addresses.Select(address => address.ToString()));
        Assert.Equal(PhysicalAddress.Parse("fa:16:3e:00:00:10"), nic.Mac);
        Assert.Equal(Cidr.Parse("10.0.9.0/24"), Assert.Single(nic.AllowedAddresses));
        Assert.Equal("web", Assert.Single(nic.SecurityGroups));
    }

    [Fact]
    [Trait("Semantics", "53")]
    public void Write_ThenRead_GivesAnEqualPolicy()
    {
        Policy policy = PolicyJson.Read(PolicyExample.Json);

        Assert.Equal(policy, PolicyJson.Read(PolicyJson.Write(policy)));
    }
}
