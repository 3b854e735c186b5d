using System.Net;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Sentences of semantics.md sections 2 to 5 that need a running firewall. The trait names the sentence.</summary>
public sealed class SemanticsEvaluationTests
{
    [Theory, Families]
    [Trait("Semantics", "6")]
    [Trait("Semantics", "31")]
    public void Ports_OfARule_AreDestinationPorts(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(Web(Ingress(IpProtocol.Udp, 100, Remote.Any), Egress(IpProtocol.Udp, 200, Remote.Any)))
            .Play(e, "< udp lp=100 rp=300:new; < udp lp=300 rp=100:NoMatchingRule; > udp lp=300 rp=200:new; > udp lp=200 rp=300:NoMatchingRule")
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "31")]
    public void Remote_OfARule_IsTheOtherEnd(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Web(Ingress(IpProtocol.Udp, Remote.Network(e.X)), Egress(IpProtocol.Udp, Remote.Network(e.Stranger)));
        new Scenario(policy)
            .Play(e, "< udp:new; < udp from=stranger:NoMatchingRule; > udp from=stranger rp=1:new; > udp rp=1:NoMatchingRule")
            .Run();
    }

    [Fact]
    [Trait("Semantics", "14")]
    public void IPv4MappedPacket_IsIPv6()
    {
        PacketBuilder mapped = PacketBuilder.Ip(IPAddress.Parse("203.0.113.7").MapToIPv6(), IPAddress.Parse(Ends.IPv6.W)).Udp(1, 2);
        FirewallOptions options = Options with { Martians = MartianSources.None };
        new Scenario(Web(IngressAll)).Ingress(mapped, Reason.Martian).Run();
        new Scenario(Web(Ingress(IpProtocol.Any, Remote.Network("0.0.0.0/0"))), options).Ingress(mapped, Reason.NoMatchingRule).Run();
        new Scenario(Web(Ingress(IpProtocol.Any, Remote.Network("203.0.113.7"))), options).Ingress(mapped, Reason.NoMatchingRule).Run();
        new Scenario(Web(Ingress(IpProtocol.Any, Remote.Network("::/0"))), options).Ingress(mapped, Reason.MatchedRule).Run();
    }

    [Theory, Families]
    [Trait("Semantics", "19")]
    public void NoRulesOrNoGroups_DenyBothWays(Ethertype family)
    {
        foreach (Policy policy in new[] { Web(), Policy.Create([], [Nic(W)]) })
        {
            new Scenario(policy).Play(Ends.For(family), "< S 1:NoMatchingRule; > S 1:NoMatchingRule; < udp:NoMatchingRule; > echo:NoMatchingRule").Run();
        }
    }

    [Theory]
    [Trait("Semantics", "20")]
    [InlineData("10.0.0.20", true)]
    [InlineData("10.0.9.77", true)]
    [InlineData("10.0.8.77", false)]
    [InlineData("2001:db8::20", true)]
    [InlineData("2001:db8:9::77", true)]
    [InlineData("2001:db8:8::77", false)]
    [InlineData("2001:db8::10", false)]
    public void RemoteGroup_StandsForFixedAndAllowedAddresses(string source, bool isMember)
    {
        Policy policy = WebAndDb(Ingress(IpProtocol.Udp, Remote.SecurityGroup("db")))
            .UpdateNic(D, nic => nic with { AllowedAddresses = Cidrs("10.0.9.0/24", "2001:db8:9::/64") });
        FromAddress(policy, source, isMember).Run();
    }

    [Theory, Families]
    [Trait("Semantics", "20")]
    public void RemoteGroup_AddsNoneOfItsRules(Ethertype family)
    {
        Policy policy = Policy.Create([Group("web", Ingress(IpProtocol.Tcp, 22, Remote.SecurityGroup("db"))), Group("db", IngressAll)], [Nic(W, "web"), Nic(D, "db")]);
        new Scenario(policy).Play(Ends.For(family), "< S 1:NoMatchingRule", 22, 5000).Run();
    }

    [Theory, Families]
    [Trait("Semantics", "20")]
    public void SelfReference_IncludesTheNicsOwnAddresses(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create([SecurityGroup.CreateDefault("default")], [Nic(W, "default") with { AllowedAddresses = Cidrs(e.Stranger) }]);
        new Scenario(policy).Ingress(PacketBuilder.Ip(e.Stranger, e.W).Udp(1, 2), Reason.MatchedRule).Run();
    }

    [Theory, Families]
    [Trait("Semantics", "21")]
    public void RemoteWithoutMembersOfTheFamily_MatchesNothing(Ethertype family)
    {
        Ends e = Ends.For(family);
        Ends other = Ends.For(1 - family);
        Policy policy = Policy.Create(
            [Group("web", Ingress(IpProtocol.Any, Remote.SecurityGroup("db")), Ingress(IpProtocol.Any, Remote.AddressGroup("list"))), Group("db")],
            [Nic(W, "web"), NicAt(D, IPAddress.Parse(other.D)) with { SecurityGroups = ["db"] }],
            [new AddressGroup("list", Cidrs(other.X))]);
        new Scenario(policy)
            .Ingress(PacketBuilder.Ip(e.D, e.W).Udp(1, 2), Reason.NoMatchingRule)
            .Ingress(e.In.Udp(1, 2), Reason.NoMatchingRule)
            .Ingress(PacketBuilder.Ip(other.D, other.W).Udp(1, 2), Reason.MatchedRule)
            .Ingress(other.In.Udp(1, 2), Reason.MatchedRule)
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "21")]
    public void GroupsThatReferenceEachOther_Work(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create(
            [Group("web", Ingress(IpProtocol.Any, Remote.SecurityGroup("db"))), Group("db", Ingress(IpProtocol.Any, Remote.SecurityGroup("web")))],
            [Nic(W, "web"), Nic(D, "db")]);
        new Scenario(policy)
            .Ingress(PacketBuilder.Ip(e.D, e.W).Udp(1, 2), Reason.MatchedRule)
            .Ingress(PacketBuilder.Ip(e.W, e.D).Udp(1, 2), Reason.MatchedRule, D)
            .Ingress(e.In.Udp(1, 2), Reason.NoMatchingRule)
            .Run();
    }

    [Theory]
    [Trait("Semantics", "22")]
    [InlineData("0.0.0.0/0", "203.0.113.7", false)]
    [InlineData("202.0.0.0/7", "203.0.113.7", false)]
    [InlineData("203.0.0.0/8", "203.0.113.7", true)]
    [InlineData("::/0", "2001:db8:113::7", false)]
    [InlineData("2001::/15", "2001:db8:113::7", false)]
    [InlineData("2001::/16", "2001:db8:113::7", true)]
    public void WideAllowedAddress_DoesNotOpenTheRuleToTheWorld(string allowed, string source, bool isMember)
    {
        Policy policy = WebAndDb(Ingress(IpProtocol.Udp, Remote.SecurityGroup("db"))).UpdateNic(D, nic => nic with { AllowedAddresses = Cidrs(allowed) });
        FromAddress(policy, source, isMember).Run();
    }

    [Fact]
    [Trait("Semantics", "22")]
    public void LinkLocalAndMulticastAddresses_AreNeverMembers()
    {
        Policy policy = WebAndDb(Ingress(IpProtocol.Udp, Remote.SecurityGroup("db"))).UpdateNic(
            D, nic => nic with { Addresses = [.. nic.Addresses, IPAddress.Parse("fe80::20")], AllowedAddresses = Cidrs("169.254.0.0/16") });
        FromAddress(policy, "fe80::20", isMember: false).Run();
    }

    [Fact]
    [Trait("Semantics", "23")]
    public void GroupInUse_CannotBeRemoved()
    {
        Policy policy = WebAndDb(Ingress(IpProtocol.Udp, Remote.SecurityGroup("db")));
        using Firewall firewall = new(policy, Options);
        PolicyException error = Assert.Throws<PolicyException>(
            () => firewall.Update(now => Policy.Create(now.SecurityGroups.Values.Where(group => group.Id != "db"), now.Nics.Values)));
        Assert.True(error.Errors.Length >= 2, error.Message);
        Assert.Same(policy, firewall.Policy);
    }

    [Theory, Families]
    [Trait("Semantics", "24")]
    public void Membership_FollowsTheNic(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder fromD = PacketBuilder.Ip(e.D, e.W).Tcp(1, 2);
        PacketBuilder fromM = PacketBuilder.Ip(e.M, e.W).Tcp(1, 2);
        new Scenario(WebAndDb(Ingress(IpProtocol.Tcp, Remote.SecurityGroup("db"))))
            .Ingress(fromD, Reason.MatchedRule)
            .Ingress(fromM, Reason.NoMatchingRule)
            .Update(now => now.WithNic(Nic(M, "db") with { Id = D, Name = D }))
            .Ingress(PacketBuilder.Ip(e.D, e.W).Tcp(3, 2), Reason.NoMatchingRule)
            .Ingress(fromM, Reason.MatchedRule)
            .Update(now => now.UpdateNic(D, nic => nic with { SecurityGroups = [] }))
            .Ingress(PacketBuilder.Ip(e.M, e.W).Tcp(4, 2), Reason.NoMatchingRule)
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "25")]
    public void AddressGroup_IsARemote(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create(
            [Group("web", Ingress(IpProtocol.Udp, 53, Remote.AddressGroup("office")))], [Nic(W, "web")], [new AddressGroup("office", Cidrs(e.Network, e.Router))]);
        new Scenario(policy)
            .Ingress(e.In.Udp(1, 53), Reason.MatchedRule)
            .Ingress(PacketBuilder.Ip(e.Router, e.W).Udp(1, 53), Reason.MatchedRule)
            .Ingress(PacketBuilder.Ip(e.D, e.W).Udp(1, 53), Reason.NoMatchingRule)
            .Ingress(e.In.Udp(1, 54), Reason.NoMatchingRule)
            .Run();
    }

    [Fact]
    public void RemoteGroup_MeansMembersOfTheSameNetwork()
    {
        Policy policy = WebAndDb(Ingress(IpProtocol.Udp, Remote.SecurityGroup("db"))).UpdateNic(D, nic => nic with { NetworkId = "elsewhere" });
        FromAddress(policy, Ends.IPv4.D, isMember: false).Run();
    }

    /// <summary>Each packet breaks the check that is named and every later one, so the reason tells which came first.</summary>
    [Fact]
    [Trait("Semantics", "32")]
    public void Order_OfOnePacket_IsFormMacBansAddressInfrastructureStateRules()
    {
        Policy policy = Web().UpdateNic(W, nic => nic with { Mac = Mac() });
        PacketBuilder flags = PacketBuilder.Ip("10.0.0.99", Ends.IPv4.X).Tcp(1, 2, TcpFlags.Syn | TcpFlags.Fin).Ethernet("02:00:00:00:00:99");
        new Scenario(policy, Ethernet)
            .Egress(flags, Reason.BadFlags)
            .Egress(PacketBuilder.DhcpAnswer("10.0.0.99").Ethernet("02:00:00:00:00:99"), Reason.SpoofedSource)
            .Egress(PacketBuilder.DhcpAnswer("10.0.0.99").Ethernet(WMac), Reason.InfrastructureBan)
            .Egress(PacketBuilder.NeighborSolicitation("2001:db8::99", "2001:db8::1").Ethernet(WMac), Reason.SpoofedSource)
            .Egress(PacketBuilder.NeighborSolicitation("2001:db8::10", "2001:db8::1").Ethernet(WMac), Reason.Infrastructure)
            .Egress(Ends.IPv4.Out.Tcp(1, 2, TcpFlags.Ack).Ethernet(WMac), Reason.NotSyn)
            .Egress(Ends.IPv4.Out.PortUnreachable(Ends.IPv4.In.Udp(1, 2)).Ethernet(WMac), Reason.UnrelatedIcmp)
            .Egress(Ends.IPv4.Out.Tcp(1, 2).Ethernet(WMac), Reason.NoMatchingRule)
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "36")]
    public void RuleThatAdmittedAConnection_CanBeNamed(Ethertype family)
    {
        SecurityGroupRule ssh = Ingress(IpProtocol.Tcp, 22, Remote.Any) with { Id = "ssh" };
        Policy policy = Policy.Create([Group("a", ssh), Group("b", Ingress(IpProtocol.Udp, 22, Remote.Any) with { Id = "other" })], [Nic(W, "a", "b")]);
        using Firewall firewall = new(policy, Options);
        Decision decision = firewall[W].Filter(Direction.Ingress, Ends.For(family).In.Tcp(5000, 22));
        Assert.True(firewall.TryGetRule(decision, out RuleReference? rule));
        Assert.Equal(("a", family == Ethertype.IPv4 ? "ssh" : "ssh-v6"), (rule.SecurityGroup.Id, rule.Rule.Id));
        Assert.False(firewall.TryGetRule(firewall[W].Filter(Direction.Ingress, Ends.For(family).In.Tcp(5000, 23)), out _));
        Assert.False(firewall.TryGetRule(default, out _));
    }

    [Fact]
    [Trait("Semantics", "36")]
    public void Reasons_AreAClosedListInCamelCase()
    {
        string[] allow = ["MatchedRule", "Established", "Related", "Infrastructure", "NicSecurityOff", "PassIgnored"];
        string[] deny =
        [
            "Malformed", "BadFlags", "BadChecksum", "EthertypeNotAllowed", "VlanNotAllowed", "BadExtensionHeader", "ExtensionHeaderLimit", "IpOptions",
            "Land", "Martian", "BadNeighborDiscovery", "TinyFragment", "OverlappingFragment", "LaterFragmentWithoutFirst", "FragmentTableFull",
            "SpoofedSource", "NotForThisNic", "InfrastructureBan", "InvalidState", "NotSyn", "OutOfWindow", "InvalidAcknowledgment", "InvalidReset",
            "UnrelatedIcmp", "IcmpRateLimit", "PolicyRevoked", "ConnectionTableFull", "HalfOpenLimit", "NicQuota", "NoMatchingRule", "NicRemoved",
            "FirewallDisposed", "NotEvaluated",
        ];
        Assert.Equal(allow.Concat(deny).Order(StringComparer.Ordinal), Enum.GetNames<Reason>().Order(StringComparer.Ordinal));
        Assert.Equal((Verdict.Deny, Reason.NotEvaluated, false), (default(Decision).Verdict, default(Decision).Reason, default(Decision).IsAllowed));
        Assert.Equal((0, 1, 2), ((int)Verdict.Deny, (int)Verdict.Allow, (int)Verdict.Hold));
    }

    private static Scenario FromAddress(Policy policy, string source, bool isMember) => new Scenario(policy).Ingress(
        PacketBuilder.Ip(source, IPAddress.Parse(source).AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? Ends.IPv4.W : Ends.IPv6.W).Udp(1, 2),
        isMember ? Reason.MatchedRule : Reason.NoMatchingRule);
}
