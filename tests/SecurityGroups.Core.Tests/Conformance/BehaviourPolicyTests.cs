using System.Net;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>The rows of behaviour.md about policy change (P) and capacity (K).</summary>
public sealed class BehaviourPolicyTests
{
    private static readonly SecurityGroupRule s_ssh = Ingress(IpProtocol.Tcp, 22, Remote.Any);

    [Theory, Families]
    public void P01_RuleRemoved_RevokesItsConnections(Ethertype family)
    {
        foreach (bool egressFirst in new[] { false, true })
        {
            Established(family).Update(policy => policy.SetRules("web", EgressAll))
                .Play(Ends.For(family), egressFirst ? "> PA 1001+1 5001:PolicyRevoked" : "< PA 5001+1 1001:PolicyRevoked", 22, 5000).Run();
        }
    }

    [Theory, Families]
    public void P01_RuleRemoved_KeepUntilIdle_LetsItsConnectionsLive(Ethertype family) =>
        new Scenario(Web(s_ssh), With(tracking => tracking with { EstablishedConnections = EstablishedConnections.KeepUntilIdle }))
            .Play(Ends.For(family), "< S 5000:new; > SA 1000 5001:est; < A 5001 1001:est", 22, 5000)
            .Update(policy => policy.SetRules("web", EgressAll))
            .Play(Ends.For(family), "< PA 5001+1 1001:est; > A 1001 5002:est", 22, 5000)
            .NotRestored("restored connections are checked in either mode")
            .Run();

    [Theory, Families]
    public void P02_RuleRemovedAndPutBack_ConnectionGoesOn(Ethertype family) => Established(family)
        .Update(policy => policy.SetRules("web"))
        .Update(policy => policy.SetRules("web", s_ssh))
        .Play(Ends.For(family), "< PA 5001+1 1001:est; > A 1001 5002:est", 22, 5000).Run();

    [Theory, Families]
    public void P02_RevokedAndAllowedAgain_LivesOn(Ethertype family) => Established(family)
        .Update(policy => policy.SetRules("web"))
        .Play(Ends.For(family), "< PA 5001+1 1001:PolicyRevoked; > PA 1001+1 5001:PolicyRevoked", 22, 5000)
        .Update(policy => policy.SetRules("web", s_ssh))
        .Play(Ends.For(family), "< PA 5001+1 1001:est; > A 1001 5002:est", 22, 5000).Run();

    [Theory, Families]
    public void P03_RuleReplacedByAWiderOne_ConnectionGoesOn(Ethertype family) => Established(family)
        .Update(policy => policy.SetRules("web", Ingress(IpProtocol.Tcp, new PortRange(20, 30), Remote.Any)))
        .Play(Ends.For(family), "< PA 5001+1 1001:est", 22, 5000).Run();

    [Theory, Families]
    public void P04_EgressRulesEmptied_ReplyOfAnIngressConnectionPasses(Ethertype family) =>
        new Scenario(Web(s_ssh, EgressAll)).Play(Ends.For(family), "< S 5000:new; > SA 1000 5001:est", 22, 5000)
            .Update(policy => policy.SetRules("web", s_ssh))
            .Play(Ends.For(family), "> SA 1000 5001:ok; < A 5001 1001:est; > PA 1001+1 5001:est", 22, 5000).Run();

    [Theory, Families]
    public void P05_EgressRuleRemoved_ReplyIsCheckedInTheOriginalDirection(Ethertype family) =>
        new Scenario(Web(EgressAll, Ingress(IpProtocol.Udp, Remote.Any))).Play(Ends.For(family), "E")
            .Update(policy => policy.SetRules("web", IngressAll))
            .Play(Ends.For(family), "< PA 5001+1 1001:PolicyRevoked").Run();

    [Theory, Families]
    public void P06_MemberRemoved_OnlyItsConnectionsAreRevoked(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create([Group("web", Ingress(IpProtocol.Udp, Remote.SecurityGroup("db"))), Group("db")], [Nic(W, "web"), Nic(D, "db"), Nic(M, "db")]);
        PacketBuilder fromD = PacketBuilder.Ip(e.D, e.W).Udp(5000, 22);
        PacketBuilder fromM = PacketBuilder.Ip(e.M, e.W).Udp(5000, 22);
        Scenario Removed() => new Scenario(policy)
            .Ingress(fromD, Reason.MatchedRule)
            .Ingress(fromM, Reason.MatchedRule)
            .Update(now => now.UpdateNic(D, nic => nic with { SecurityGroups = [] }))
            .Ingress(fromD, Reason.PolicyRevoked);
        void ChecksOne(Firewall firewall) => Assert.Equal(1, firewall[W].GetStatistics().Revalidations);
        Removed().Ingress(fromM, Reason.Established).Run();
        Removed().Check(ChecksOne).Ingress(fromM, Reason.Established).Check(ChecksOne).NotRestored("restored connections are checked once more").Run();
    }

    [Theory, Families]
    public void P08_AddressGivenToAnotherNic_InheritsNothing(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(Policy.Create([Group("web", EgressAll)], [Nic(W, "web")]))
            .Play(e, "E; > udp:new")
            .Update(policy => policy.WithoutNic(W).WithNic(policy.Nics[W] with { Id = M, Name = M }))
            .Ingress(e.In.Udp(443, 40000), Reason.NoMatchingRule, M)
            .Ingress(e.In.Tcp(443, 40000, TcpFlags.Ack, 5001, 1001), Reason.NotSyn, M)
            .Connections(0)
            .Run();
    }

    [Theory, Families]
    public void P09_DefaultGroup_AdmitsMembersOnly(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create([SecurityGroup.CreateDefault("default"), SecurityGroup.CreateNeutron("other")], [Nic(W, "default"), Nic(D, "default"), Nic(M, "other")]);
        new Scenario(policy)
            .Ingress(PacketBuilder.Ip(e.D, e.W).Tcp(1, 2), Reason.MatchedRule)
            .Ingress(PacketBuilder.Ip(e.M, e.W).Tcp(1, 2), Reason.NoMatchingRule)
            .Run();
    }

    [Theory, Families]
    public void P10_SilentGroup_DoesNotTakeAwayWhatAnotherAllows(Ethertype family) =>
        new Scenario(Policy.Create([Group("silent"), Group("open", s_ssh)], [Nic(W, "silent", "open")])).Play(Ends.For(family), "< S 1:new", 22, 5000).Run();

    [Theory, Families]
    public void K02_TableFullOfEstablished_DeniesNewAndLosesNone(Ethertype family)
    {
        const int Room = 16;
        Story().Run();
        Story()
            .Check(firewall => Assert.Equal(1, firewall[W].GetStatistics()[Direction.Egress, Reason.ConnectionTableFull]))
            .NotRestored("statistics are not saved")
            .Run();

        Scenario Story()
        {
            Scenario story = new(P0, With(tracking => tracking with { MaxConnections = Room }));
            int[] ports = [.. Enumerable.Range(40_000, Room)];
            Array.ForEach(ports, port => story.Play(Ends.For(family), "E", port));
            story.Play(Ends.For(family), "> S 1000:ConnectionTableFull", 50_000);
            Array.ForEach(ports, port => story.Play(Ends.For(family), "< A 5001 1001:est", port));
            return story.Connections(Room);
        }
    }

    [Theory, Families]
    public void K01_TableFullOfUnreplied_OldestMakesRoom(Ethertype family)
    {
        Ends e = Ends.For(family);
        Story().Run();
        Story()
            .Check(firewall => Assert.Equal((64, 1L), (firewall.GetStatistics().Connections, firewall.GetStatistics().Evicted)))
            .NotRestored("statistics are not saved")
            .Run();

        Scenario Story()
        {
            Scenario story = new(P0, With(tracking => tracking with { MaxConnections = 64, UnrepliedPercentage = 100 }));
            for (int port = 1; port <= 64; port++)
            {
                story.Egress(e.Out.Udp(port, 53), Reason.MatchedRule).Wait(0.001);
            }

            return story.Egress(e.Out.Tcp(40_000, 443, TcpFlags.Syn, 1000), Reason.MatchedRule)
                .Ingress(e.In.Udp(53, 1), Reason.NoMatchingRule)
                .Ingress(e.In.Udp(53, 2), Reason.Established)
                .Ingress(e.In.Tcp(443, 40_000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001), Reason.Established)
                .Connections(64);
        }
    }

    [Theory, Families]
    public void K04_NicAtItsQuota_LeavesRoomForOthers(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create([Group("web", EgressAll)], [Nic(W, "web") with { Options = new NicOptions { MaxConnections = 2 } }, Nic(D, "web")]);
        new Scenario(policy)
            .Play(e, "E").Play(e, "E", localPort: 40_001)
            .Egress(e.Out.Udp(3, 53), Reason.NicQuota)
            .Egress(PacketBuilder.Ip(e.D, e.X).Udp(3, 53), Reason.MatchedRule, D)
            .Egress(e.Out.Tcp(40_000, 443, TcpFlags.Ack, 1001, 5001), Reason.Established)
            .Run();
    }

    [Fact]
    public void SameGroupsOnManyNics_ShareOneCompiledForm()
    {
        Nic Numbered(int i) => NicAt($"nic-{i}", IPAddress.Parse($"10.1.0.{i + 1}")) with { SecurityGroups = ["web"] };
        using Firewall firewall = new(Policy.Create([Group("web", s_ssh)], Enumerable.Range(0, 100).Select(Numbered)), Options);
        Assert.Equal(1, firewall.Update(policy => policy.SetRules("web", EgressAll)).CompiledForms);
    }

    private static Scenario Established(Ethertype family) =>
        new Scenario(Web(s_ssh)).Play(Ends.For(family), "< S 5000:new; > SA 1000 5001:est; < A 5001 1001:est", 22, 5000);
}
