using System.Net;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Scenarios S21 to S29, S40 and S41 of semantics.md: stateless groups, addresses, infrastructure, related errors, zones.</summary>
public sealed class ScenarioNicTests
{
    [Fact]
    [Trait("Semantics", "18")]
    public void S21_P12_StatefulAndStatelessOnOneNic_IsAnErrorThatChangesNothing()
    {
        Policy good = Policy.Create([Group("a", IngressAll), Group("b").WithStateful(false)], [Nic(W, "a")]);
        Policy bad = good.UpdateNic(W, nic => nic with { SecurityGroups = ["a", "b"] });
        using Firewall firewall = new(good, Options);
        PolicyError error = Assert.Single(Assert.Throws<PolicyException>(() => firewall.Update(_ => bad)).Errors);
        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'b'", error.Message, StringComparison.Ordinal);
        Assert.Same(good, firewall.Policy);
        Assert.Equal(Reason.MatchedRule, firewall[W].Filter(Direction.Ingress, Ends.IPv4.In.Tcp(1, 2)).Reason);
    }

    [Theory, Families]
    [Trait("Semantics", "34")]
    public void S22_StatelessGroup_NeedsRulesBothWays(Ethertype family)
    {
        Policy policy = Policy.Create([Group("web", Ingress(IpProtocol.Tcp, 443, Remote.Any)).WithStateful(false)], [Nic(W, "web")]);
        new Scenario(policy).Play(Ends.For(family), "< S 1000:new; > SA 5000 1001:NoMatchingRule; < A 1001 5001:new; count 0", 443, 5000).Run();
    }

    [Theory]
    [InlineData("10.0.0.11", "203.0.113.7")]
    [InlineData("2001:db8::11", "2001:db8:113::7")]
    [Trait("Semantics", "40")]
    public void S23_SourceNotOwned_IsSpoofedWhateverTheRules(string source, string destination)
    {
        foreach (Policy policy in new[] { P0, Web(EgressAll, IngressAll) })
        {
            new Scenario(policy)
                .Egress(PacketBuilder.Ip(source, destination).Tcp(1, 2), Reason.SpoofedSource)
                .Egress(PacketBuilder.Ip(source, destination).EchoRequest(), Reason.SpoofedSource)
                .Connections(0)
                .Run();
        }
    }

    [Theory]
    [InlineData("10.0.9.0/24", "10.0.9.5", "10.0.8.5", "203.0.113.7")]
    [InlineData("2001:db8:9::/64", "2001:db8:9::5", "2001:db8:8::5", "2001:db8:113::7")]
    [Trait("Semantics", "40")]
    public void S24_AllowedAddresses_MaySend(string allowed, string inside, string outside, string destination) =>
        new Scenario(P0.UpdateNic(W, nic => nic with { AllowedAddresses = Cidrs(allowed) }))
            .Egress(PacketBuilder.Ip(inside, destination).Tcp(1, 2), Reason.MatchedRule)
            .Egress(PacketBuilder.Ip(outside, destination).Tcp(1, 2), Reason.SpoofedSource)
            .Run();

    [Theory, Families]
    [Trait("Semantics", "28")]
    public void S25_NicSecurityOff_AllowsEverythingAndRefusesGroups(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create([Group("web")], [Nic(W) with { NicSecurity = false }]);
        new Scenario(policy)
            .Egress(PacketBuilder.Ip(e.Stranger, e.X).Tcp(1, 2), Reason.NicSecurityOff)
            .Ingress(e.In.Tcp(1, 2, TcpFlags.None), Reason.NicSecurityOff)
            .Ingress(e.In.Tcp(1, 2).Truncate(3), Reason.NicSecurityOff)
            .Connections(0)
            .Check(firewall => Assert.Throws<PolicyException>(
                () => firewall.Update(now => now.UpdateNic(W, nic => nic with { SecurityGroups = ["web"] }))))
            .Run();
    }

    [Fact]
    [Trait("Semantics", "38")]
    public void S26_GroupWithoutRules_StillConfiguresItsNic() =>
        new Scenario(Web(), Ethernet)
            .Egress(PacketBuilder.DhcpRequest().Ethernet(), Reason.Infrastructure)
            .Wait(59)
            .Ingress(PacketBuilder.DhcpAnswer("10.0.0.1").Ethernet(), Reason.Infrastructure)
            .Egress(PacketBuilder.ArpRequest(PacketBuilder.DefaultSourceMac, "10.0.0.10", "10.0.0.1"), Reason.Infrastructure)
            .Egress(PacketBuilder.NeighborSolicitation("2001:db8::10", "2001:db8::1").Ethernet(), Reason.Infrastructure)
            .NotRestored("DHCP requests are not saved")
            .Run();

    [Fact]
    [Trait("Semantics", "38")]
    public void S26_DhcpAnswerWithoutRequest_IsDenied() =>
        new Scenario(Web()).Ingress(PacketBuilder.DhcpAnswer("203.0.113.7", "10.0.0.10"), Reason.NoMatchingRule).Run();

    [Fact]
    [Trait("Semantics", "39")]
    public void S27_DhcpServerAndRouterAdvertisement_AreBanned() =>
        new Scenario(Web(EgressAll, IngressAll))
            .Egress(PacketBuilder.DhcpAnswer("10.0.0.10"), Reason.InfrastructureBan)
            .Egress(PacketBuilder.DhcpAnswer("10.0.0.10", "10.0.0.20"), Reason.InfrastructureBan)
            .Egress(PacketBuilder.DhcpV6Answer("fe80::10", "fe80::20"), Reason.InfrastructureBan)
            .Egress(PacketBuilder.RouterAdvertisement("fe80::10"), Reason.InfrastructureBan)
            .Run();

    [Theory, Families]
    [Trait("Semantics", "33")]
    public void S28_UnreachableFromARouter_IsRelatedToThePing(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder ping = e.Out.EchoRequest(9);
        new Scenario(Web(Egress(e.Icmp, Remote.Any) with { Ethertype = family }))
            .Egress(ping, Reason.MatchedRule)
            .Ingress(Unreachable(e, ping), Reason.Related)
            .Ingress(e.In.EchoReply(9), Reason.Established)
            .Run();
    }

    [Theory, Families]
    public void S29_UnreachableAboutAnUnknownFlow_IsUnrelated(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(Web(Egress(e.Icmp, Remote.Any) with { Ethertype = family }))
            .Egress(e.Out.EchoRequest(9), Reason.MatchedRule)
            .Ingress(Unreachable(e, e.Out.EchoRequest(10)), Reason.UnrelatedIcmp)
            .Ingress(Unreachable(e, e.Out.Udp(9, 9)), Reason.UnrelatedIcmp)
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "29")]
    public void S40_SameAddressOnTwoNetworks_IsTwoZones(Ethertype family)
    {
        Ends e = Ends.For(family);
        IPAddress[] same = [IPAddress.Parse(Ends.IPv4.W), IPAddress.Parse(Ends.IPv6.W)];
        Nic first = NicAt("first", same) with { SecurityGroups = ["web"], NetworkId = "one" };
        Policy policy = Policy.Create([Group("web", EgressAll)], [first, NicAt("second", same) with { SecurityGroups = ["web"], NetworkId = "two" }]);
        new Scenario(policy)
            .Egress(e.Out.Tcp(40000, 443, TcpFlags.Syn, 1000), Reason.MatchedRule, "first")
            .Egress(e.Out.Udp(40000, 53), Reason.MatchedRule, "first")
            .Ingress(e.In.Tcp(443, 40000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001), Reason.InvalidState, "second")
            .Ingress(e.In.Udp(53, 40000), Reason.NoMatchingRule, "second")
            .Ingress(e.In.Tcp(443, 40000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001), Reason.Established, "first")
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "30")]
    public void S41_TrafficBetweenTwoNics_IsJudgedAtBoth(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder packet = PacketBuilder.Ip(e.W, e.D).Tcp(5000, 3306);
        new Scenario(WebAndDb(EgressAll))
            .Egress(packet, Reason.MatchedRule)
            .Ingress(packet, Reason.NoMatchingRule, D)
            .Connections(1)
            .Check(firewall =>
            {
                Assert.Equal(1, firewall[W].GetStatistics()[Direction.Egress, Reason.MatchedRule]);
                Assert.Equal(1, firewall[D].GetStatistics()[Direction.Ingress, Reason.NoMatchingRule]);
            })
            .NotRestored("statistics are not saved")
            .Run();
    }

    private static PacketBuilder Unreachable(Ends e, byte[] quoted)
    {
        PacketBuilder fromRouter = PacketBuilder.Ip(e.Router, e.W);
        return e.IsIPv4 ? fromRouter.IcmpError(3, 0, quoted) : fromRouter.IcmpError(1, 0, quoted);
    }
}
