using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Scenarios S01 to S17 of semantics.md: rules, groups, remotes, ports, ICMP, ethertypes.</summary>
public sealed class ScenarioRuleTests
{
    [Theory, Families]
    [Trait("Semantics", "35")]
    public void S01_UnaskedSyn_EgressAllOnly_MatchesNoRule(Ethertype family) =>
        new Scenario(P0).Play(Ends.For(family), "< S 1:NoMatchingRule; count 0", 22, 5000).Run();

    [Theory, Families]
    [Trait("Semantics", "33")]
    public void S02_ReplyOfEgressConnection_IsEstablished(Ethertype family) =>
        new Scenario(P0).Play(Ends.For(family), "> S 1000:new; < SA 5000 1001:est; count 1").Run();

    [Theory, Families]
    public void S03_ReplyToOtherPort_IsDenied(Ethertype family) =>
        new Scenario(P0).Play(Ends.For(family), "> S 1000:new; < SA 5000 1001:est; < SA 5000 1001 lp=40001:InvalidState").Run();

    [Theory, Families]
    public void S04_ReplyOfOtherProtocol_IsDenied(Ethertype family) =>
        new Scenario(P0).Play(Ends.For(family), "> S 1000:new; < SA 5000 1001:est; < udp:NoMatchingRule").Run();

    [Theory, Families]
    [Trait("Semantics", "33")]
    public void S05_ReplyOfIngressConnection_NeedsNoEgressRule(Ethertype family) =>
        new Scenario(Web(Ingress(IpProtocol.Tcp, 443, Remote.Any)))
            .Play(Ends.For(family), "< S 1000:new; > SA 5000 1001:est; > S 1 lp=50000 rp=80:NoMatchingRule", 443, 5000).Run();

    [Theory, Families]
    [Trait("Semantics", "27")]
    public void S06_GroupsAndRules_InAnyOrder_AllowTheUnion(Ethertype family)
    {
        SecurityGroupRule http = Ingress(IpProtocol.Tcp, 80, Remote.Any);
        SecurityGroupRule ssh = Ingress(IpProtocol.Tcp, 22, Remote.Any);
        Policy[] policies =
        [
            Policy.Create([Group("a", http), Group("b", ssh)], [Nic(W, "a", "b")]),
            Policy.Create([Group("b", ssh), Group("a", http)], [Nic(W, "b", "a")]),
            Web(http, ssh),
            Web(ssh, http),
        ];
        foreach (Policy policy in policies)
        {
            new Scenario(policy).Play(Ends.For(family), "< S 1 lp=80:new; < S 1 lp=22:new; < S 1 lp=23:NoMatchingRule").Run();
        }
    }

    [Theory, Families]
    [Trait("Semantics", "17")]
    public void S07_DefaultGroup_AdmitsItsMembersOnly(Ethertype family)
    {
        Policy policy = Policy.Create([SecurityGroup.CreateDefault("default")], [Nic(W, "default"), Nic(M, "default")]);
        FromMember(policy, Ends.For(family), Reason.MatchedRule)
            .Play(Ends.For(family), "< S 1:NoMatchingRule; < udp:NoMatchingRule; < echo:NoMatchingRule; < proto 47:NoMatchingRule").Run();
    }

    [Theory, Families]
    [Trait("Semantics", "17")]
    public void S08_NeutronPreset_AdmitsNobody(Ethertype family) =>
        FromMember(
            Policy.Create([SecurityGroup.CreateNeutron("web")], [Nic(W, "web"), Nic(M, "web")]), Ends.For(family), Reason.NoMatchingRule).Run();

    [Theory, Families]
    public void S09_RemoteGroup_AdmitsItsMembersOnItsPort(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(WebAndDb(Ingress(IpProtocol.Tcp, 3306, Remote.SecurityGroup("db"))))
            .Ingress(PacketBuilder.Ip(e.D, e.W).Tcp(5000, 3306), Reason.MatchedRule)
            .Ingress(e.In.Tcp(5000, 3306), Reason.NoMatchingRule)
            .Ingress(PacketBuilder.Ip(e.D, e.W).Tcp(5000, 3307), Reason.NoMatchingRule)
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "24")]
    public void S10_EmptyRemoteGroup_MatchesNothingUntilItHasAMember(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create([Group("web", Ingress(IpProtocol.Any, Remote.SecurityGroup("e"))), Group("e"), Group("db")], [Nic(W, "web"), Nic(D, "db")]);
        new Scenario(policy)
            .Ingress(PacketBuilder.Ip(e.D, e.W).Tcp(5000, 22), Reason.NoMatchingRule)
            .Ingress(e.In.Tcp(5000, 22), Reason.NoMatchingRule)
            .Update(now => now.UpdateNic(D, nic => nic with { SecurityGroups = ["e"] }))
            .Ingress(PacketBuilder.Ip(e.D, e.W).Tcp(5000, 22), Reason.MatchedRule)
            .Ingress(e.In.Tcp(5000, 22), Reason.NoMatchingRule)
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "20")]
    public void S11_GroupReference_IsNotTransitive(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create(
            [
                Group("web", Ingress(IpProtocol.Any, Remote.SecurityGroup("db"))),
                Group("db", Ingress(IpProtocol.Any, Remote.SecurityGroup("ops"))),
                Group("ops"),
            ],
            [Nic(W, "web"), Nic(D, "db"), Nic(M, "ops")]);
        new Scenario(policy)
            .Ingress(PacketBuilder.Ip(e.M, e.W).Udp(5000, 22), Reason.NoMatchingRule)
            .Ingress(PacketBuilder.Ip(e.D, e.W).Udp(5000, 22), Reason.MatchedRule)
            .Ingress(PacketBuilder.Ip(e.M, e.D).Udp(5000, 22), Reason.MatchedRule, D)
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "6")]
    public void S12_PortRange_IncludesBothEnds(Ethertype family) =>
        new Scenario(Web(Ingress(IpProtocol.Tcp, new PortRange(12345, 12346), Remote.Any))).Play(
            Ends.For(family), "< S 1 lp=12344:NoMatchingRule; < S 1 lp=12345:new; < S 1 lp=12346:new; < S 1 lp=12347:NoMatchingRule").Run();

    [Theory, Families]
    public void S13_OnePort_IsNotAMask(Ethertype family) =>
        new Scenario(Web(Ingress(IpProtocol.Tcp, 42, Remote.Any))).Play(
            Ends.For(family), "< S 1 lp=42:new; < S 1 lp=43:NoMatchingRule; < S 1 lp=40:NoMatchingRule; < S 1 lp=46:NoMatchingRule").Run();

    [Fact]
    [Trait("Semantics", "10")]
    public void S14_IcmpTypeWithoutCode_MatchesEveryCodeOfItsEthertype() =>
        new Scenario(Web(Ingress(IpProtocol.Icmp, new IcmpMatch(8), Remote.Any) with { Ethertype = Ethertype.IPv4 }))
            .Ingress(Ends.IPv4.In.Icmp(8, 0), Reason.MatchedRule)
            .Ingress(Ends.IPv4.In.Icmp(8, 5, 0x00090001), Reason.MatchedRule)
            .Ingress(Ends.IPv4.In.Icmp(13), Reason.NoMatchingRule)
            .Ingress(Ends.IPv6.In.Icmp(128), Reason.NoMatchingRule)
            .Run();

    [Fact]
    [Trait("Semantics", "5")]
    public void S15_IcmpWithIPv6_BecomesIcmpV6()
    {
        SecurityGroup group = Group("web", Ingress(IpProtocol.Icmp, Remote.Any) with { Ethertype = Ethertype.IPv6 });
        Assert.Equal(IpProtocol.IcmpV6, Assert.Single(group.Rules).Protocol);
        new Scenario(Policy.Create([group], [Nic(W, "web")]))
            .Ingress(Ends.IPv6.In.EchoRequest(), Reason.MatchedRule)
            .Ingress(Ends.IPv4.In.EchoRequest(), Reason.NoMatchingRule)
            .Run();
    }

    [Fact]
    [Trait("Semantics", "3")]
    public void S16_IPv4Rule_DoesNotMatchIPv6() =>
        new Scenario(Web(IngressAll with { Ethertype = Ethertype.IPv4 }))
            .Play(Ends.IPv4, "< S 1:new").Play(Ends.IPv6, "< S 1:NoMatchingRule; < udp:NoMatchingRule; < proto 4:NoMatchingRule").Run();

    [Theory]
    [InlineData("192.168.1.77/24", "192.168.1.0/24", "192.168.1.200", "192.168.2.1")]
    [InlineData("2001:db8:1::77/64", "2001:db8:1::/64", "2001:db8:1::200", "2001:db8:2::1")]
    [Trait("Semantics", "12")]
    public void S17_HostBits_AreMaskedAndTheTextKept(string text, string prefix, string inside, string outside)
    {
        SecurityGroup group = Group("web", Ingress(IpProtocol.Tcp, Remote.Network(text)));
        Cidr cidr = Assert.Single(group.Rules).Remote.Prefix!;
        Assert.Equal((text, Cidr.Parse(prefix)), (cidr.Text, cidr));
        Ends e = Ends.For(cidr.Ethertype);
        new Scenario(Policy.Create([group], [Nic(W, "web")]))
            .Ingress(PacketBuilder.Ip(inside, e.W).Tcp(5000, 22), Reason.MatchedRule)
            .Ingress(PacketBuilder.Ip(outside, e.W).Tcp(5000, 22), Reason.NoMatchingRule)
            .Run();
    }

    private static Scenario FromMember(Policy policy, Ends e, Reason expected)
    {
        PacketBuilder packet = PacketBuilder.Ip(e.M, e.W);
        return new Scenario(policy)
            .Ingress(packet.Tcp(5000, 22, TcpFlags.Syn), expected)
            .Ingress(packet.Udp(5000, 22), expected)
            .Ingress(packet.EchoRequest(), expected)
            .Ingress(packet.Protocol(47, 1, 2, 3), expected)
            .Ingress(packet.Protocol(253), expected);
    }
}
