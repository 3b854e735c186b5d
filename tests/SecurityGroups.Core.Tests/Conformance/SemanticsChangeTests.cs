using System.Net;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Semantics.md section 7 and what decisions.md adds about revocation. The trait names the sentence.</summary>
public sealed class SemanticsChangeTests
{
    private static readonly SecurityGroupRule s_udp = Ingress(IpProtocol.Udp, Remote.Any);

    /// <summary>Every way to take away what admitted a connection from D to W (semantics 45).</summary>
    private static readonly Dictionary<string, Func<Policy, Policy>> s_triggers = new()
    {
        ["rule removed"] = policy => policy.SetRules("web"),
        ["group detached"] = policy => policy.UpdateNic(W, nic => nic with { SecurityGroups = ["other"] }),
        ["member detached"] = policy => policy.UpdateNic(D, nic => nic with { SecurityGroups = ["other"] }),
        ["member's address changed"] = policy => policy.WithNic(Nic(M, "db") with { Id = D, Name = D }),
        ["member removed"] = policy => policy.WithoutNic(D),
        ["member moved to another network"] = policy => policy.UpdateNic(D, nic => nic with { NetworkId = "elsewhere" }),
    };

    public static TheoryData<string, Ethertype> Triggers
    {
        get
        {
            TheoryData<string, Ethertype> rows = [];
            foreach (string trigger in s_triggers.Keys)
            {
                rows.Add(trigger, Ethertype.IPv4);
                rows.Add(trigger, Ethertype.IPv6);
            }

            return rows;
        }
    }

    [Theory, Families]
    [Trait("Semantics", "43")]
    public void AfterUpdateReturned_EveryNicSeesTheNewRules(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create([Group("web")], [Nic(W, "web"), Nic(D, "web"), Nic(M, "web")]);
        Scenario scenario = new Scenario(policy).Update(now => now.SetRules("web", s_udp));
        foreach ((string nic, string address) in new[] { (W, e.W), (D, e.D), (M, e.M) })
        {
            scenario.Ingress(PacketBuilder.Ip(e.X, address).Udp(1, 2), Reason.MatchedRule, nic);
        }

        scenario.Check(firewall => Assert.Equal(2, firewall.Generation)).NotRestored("generations begin anew").Run();
    }

    [Fact]
    [Trait("Semantics", "44")]
    public void InvalidChange_ReportsEveryErrorAndChangesNothing()
    {
        using Firewall firewall = new(Web(s_udp), Options);
        Policy before = firewall.Policy;
        PolicyException exception = Assert.Throws<PolicyException>(() => firewall.Update(policy => policy
            .UpdateNic(W, nic => nic with { SecurityGroups = ["web", "missing"] })
            .WithGroup(Group("bad", Ingress(IpProtocol.Any, Remote.SecurityGroup("ghost")) with { Ethertype = Ethertype.IPv4 }))
            .WithNic(new Nic("bare"))));
        Assert.Equal(3, exception.Errors.Select(error => error.Path).Distinct().Count());
        Assert.All(exception.Errors, error => Assert.Matches("^[a-z][A-Za-z]+\\.[A-Za-z.]+$", error.Code));
        Assert.Same(before, firewall.Policy);
        Assert.Equal(1, firewall.Generation);
        Assert.False(firewall.TryGetNic("bare", out _));
        Assert.Equal(Reason.MatchedRule, firewall[W].Filter(Direction.Ingress, Ends.IPv4.In.Udp(1, 2)).Reason);
    }

    [Theory, MemberData(nameof(Triggers))]
    [Trait("Semantics", "45")]
    public void Connection_NoLongerAllowed_IsRevokedAtItsNextPacket(string trigger, Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder request = PacketBuilder.Ip(e.D, e.W).Udp(5000, 53);
        PacketBuilder reply = PacketBuilder.Ip(e.W, e.D).Udp(53, 5000);
        Policy policy = Policy.Create(
            [Group("web", Ingress(IpProtocol.Udp, Remote.SecurityGroup("db"))), Group("db"), Group("other", EgressAll)], [Nic(W, "web"), Nic(D, "db")]);
        foreach (bool replyFirst in new[] { false, true })
        {
            Scenario scenario = new Scenario(policy)
                .Ingress(request, Reason.MatchedRule)
                .Egress(reply, Reason.Established)
                .Update(s_triggers[trigger]);
            _ = replyFirst ? scenario.Egress(reply, Reason.PolicyRevoked) : scenario;
            Exception? failure = Record.Exception(() => scenario.Ingress(request, Reason.PolicyRevoked).Egress(reply, Reason.PolicyRevoked).Run());
            Assert.True(failure is null, $"{trigger}: {failure?.Message}");
        }
    }

    [Theory, Families]
    [Trait("Semantics", "45")]
    public void Tombstone_LastsItsIdleTimeAndDeniedPacketsDoNotRefreshIt(Ethertype family) =>
        new Scenario(Web(s_udp, EgressAll)).Play(Ends.For(family), "< udp:new; > udp:est", 53, 5000)
            .Update(policy => policy.SetRules("web", EgressAll))
            .Play(Ends.For(family), "> udp:PolicyRevoked; wait 20; > udp:PolicyRevoked; wait 11; > udp:new; < udp:est", 53, 5000)
            .Run();

    [Theory, Families]
    [Trait("Semantics", "45")]
    public void Tombstone_IsReplacedByASynThatTheRulesAllow(Ethertype family) =>
        new Scenario(Web(Ingress(IpProtocol.Tcp, 22, Remote.Any), EgressAll))
            .Play(Ends.For(family), "< S 5000:new; > SA 1000 5001:est; < A 5001 1001:est", 22, 5000)
            .Update(policy => policy.SetRules("web", EgressAll))
            .Play(Ends.For(family), "< S 90000:PolicyRevoked; > PA 1001+5 5001:PolicyRevoked; > S 70000:new; < SA 80000 70001:est; count 1", 22, 5000)
            .Run();

    [Theory, Families]
    [Trait("Semantics", "45")]
    public void RevocationBetweenTheRetries_DoesNotTurnIntoANewConnection(Ethertype family)
    {
        FirewallOptions loose = With(tracking => tracking with { PickUp = PickUp.Loose });
        new Scenario(Web(Ingress(IpProtocol.Tcp, 22, Remote.Any), EgressAll), loose)
            .Play(Ends.For(family), "< S 5000:new; > SA 1000 5001:est; < A 5001 1001:est", 22, 5000)
            .Update(policy => policy.SetRules("web", EgressAll))
            .Play(Ends.For(family), "> PA 1001+5 5001:PolicyRevoked; > PA 1001+5 5001:PolicyRevoked; < A 5001 1006:PolicyRevoked", 22, 5000)
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "46")]
    public void KeepUntilIdle_KeepsUntilExpiry(Ethertype family) =>
        new Scenario(Web(s_udp), With(tracking => tracking with { EstablishedConnections = EstablishedConnections.KeepUntilIdle }))
            .Play(Ends.For(family), "< udp:new; > udp:est", 53, 5000)
            .Update(policy => policy.SetRules("web"))
            .Play(Ends.For(family), "< udp:est; > udp:est; < udp rp=6:NoMatchingRule; wait 31; < udp:NoMatchingRule", 53, 5000)
            .NotRestored("restored connections are checked in either mode")
            .Run();

    [Theory, Families]
    [Trait("Semantics", "47")]
    public void UnrelatedChange_DisturbsNothingAndChecksNothing(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create([Group("web", s_udp), Group("db")], [Nic(W, "web"), Nic(D, "db")]);
        new Scenario(policy)
            .Play(e, "< udp:new; > udp:est", 53, 5000)
            .Update(now => now.SetRules("db", IngressAll))
            .Update(now => now.WithNic(Nic(M, "db")))
            .Play(e, "< udp:est; > udp:est", 53, 5000)
            .Check(firewall => Assert.Equal(0, firewall[W].GetStatistics().Revalidations))
            .NotRestored("restored connections are checked once more")
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "48")]
    public void ChangeOfStatefulKind_ForgetsTheConnections(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(Web(s_udp))
            .Play(e, "< udp:new; > udp:est", 53, 5000)
            .Update(policy => policy.UpdateGroup("web", group => group.WithStateful(false)))
            .Play(e, "> udp:NoMatchingRule; < udp:new; count 0", 53, 5000)
            .Update(policy => policy.UpdateGroup("web", group => group.WithStateful(true)))
            .Play(e, "> udp:NoMatchingRule; < udp:new; > udp:est; count 1", 53, 5000)
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "48")]
    public void SwitchingNicSecurity_ForgetsTheConnections(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(Web(s_udp))
            .Play(e, "< udp:new; > udp:est", 53, 5000)
            .Update(policy => policy.UpdateNic(W, nic => nic with { NicSecurity = false, SecurityGroups = [] }))
            .Play(e, "> udp:NicSecurityOff; count 0", 53, 5000)
            .Update(policy => policy.UpdateNic(W, nic => nic with { NicSecurity = true, SecurityGroups = ["web"] }))
            .Play(e, "> udp:NoMatchingRule", 53, 5000)
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "48")]
    public void RemovedNic_LeavesNothingToItsSuccessor(Ethertype family)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(Web(s_udp), Options);
        NicFilter old = firewall[W];
        Nic definition = firewall.Policy.Nics[W];
        Assert.True(old.Filter(Direction.Ingress, e.In.Udp(5000, 53)).IsAllowed);
        firewall.Update(policy => policy.WithoutNic(W));
        Assert.Equal(Reason.NicRemoved, old.Filter(Direction.Egress, e.Out.Udp(53, 5000)).Reason);
        Assert.False(firewall.TryGetNic(W, out _));
        Assert.Throws<KeyNotFoundException>(() => firewall[W]);
        firewall.Update(policy => policy.WithNic(definition));
        Assert.Equal(Reason.NicRemoved, old.Filter(Direction.Ingress, e.In.Udp(5000, 53)).Reason);
        Assert.Equal(Reason.NoMatchingRule, firewall[W].Filter(Direction.Egress, e.Out.Udp(53, 5000)).Reason);
        Assert.Equal(Reason.MatchedRule, firewall[W].Filter(Direction.Ingress, e.In.Udp(5000, 53)).Reason);
    }

    [Theory, Families]
    public void AddressTakenFromTheNic_EndsItsTraffic(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(Web(s_udp, EgressAll))
            .Play(e, "< udp:new; > udp:est", 53, 5000)
            .Update(policy => policy.UpdateNic(W, nic => nic with { Addresses = [IPAddress.Parse(e.M)] }))
            .Ingress(e.In.Udp(5000, 53), Reason.NotForThisNic)
            .Egress(e.Out.Udp(53, 5000), Reason.SpoofedSource)
            .Run();
    }
}
