using System.Net;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Scenarios S30 to S39 and S42 of semantics.md: changes, timeouts, TCP states, many members.</summary>
public sealed class ScenarioChangeTests
{
    private static readonly SecurityGroupRule[] s_tcp = [Ingress(IpProtocol.Tcp, 12345, Remote.Any)];
    private static readonly SecurityGroupRule[] s_udp = [Ingress(IpProtocol.Udp, 12345, Remote.Any)];
    private static readonly SecurityGroupRule[] s_egressAll = [EgressAll];

    public static TheoryData<Ethertype, bool, bool, PickUp> Revocations
    {
        get
        {
            TheoryData<Ethertype, bool, bool, PickUp> rows = [];
            foreach (int i in Enumerable.Range(0, 16))
            {
                rows.Add((Ethertype)(i & 1), (i & 2) != 0, (i & 4) != 0, (i & 8) != 0 ? PickUp.Loose : PickUp.Strict);
            }

            return rows;
        }
    }

    [Theory, MemberData(nameof(Revocations))]
    [Trait("Semantics", "45")]
    public void S30_RevokedConnection_IsDeniedBothWays(Ethertype family, bool tcp, bool egressAll, PickUp pickUp)
    {
        SecurityGroupRule[] after = egressAll ? s_egressAll : [];
        string connection = tcp ? "< S 1000:new; > SA 5000 1001:est; < A 1001 5001:est" : "< udp:new; > udp:est";
        string denied = tcp
            ? "< PA 1001+10 5001:PolicyRevoked; > PA 5001+10 1001:PolicyRevoked; < PA 1001+10 5001:PolicyRevoked"
            : "< udp:PolicyRevoked; > udp:PolicyRevoked; < udp:PolicyRevoked";
        Play(tcp, egressAll, connection, With(tracking => tracking with { PickUp = pickUp }), family)
            .Update(policy => policy.SetRules("web", after))
            .Play(Ends.For(family), denied, 12345, 5000)
            .Run();
    }

    [Theory, MemberData(nameof(Revocations))]
    [Trait("Semantics", "46")]
    public void S31_KeepUntilIdle_LetsTheConnectionLive(Ethertype family, bool tcp, bool egressAll, PickUp pickUp)
    {
        SecurityGroupRule[] after = egressAll ? s_egressAll : [];
        string connection = tcp ? "< S 1000:new; > SA 5000 1001:est; < A 1001 5001:est" : "< udp:new; > udp:est";
        string lives = tcp
            ? "< PA 1001+10 5001:est; > PA 5001+10 1011:est; < S 1 rp=5001:NoMatchingRule"
            : "< udp:est; > udp:est; < udp rp=5001:NoMatchingRule";
        FirewallOptions keep = With(tracking => tracking with { PickUp = pickUp, EstablishedConnections = EstablishedConnections.KeepUntilIdle });
        Play(tcp, egressAll, connection, keep, family)
            .Update(policy => policy.SetRules("web", after))
            .Play(Ends.For(family), lives, 12345, 5000)
            .NotRestored("restored connections are checked in either mode")
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "45")]
    public void S32_FlowAllowedByAnotherRule_Stays(Ethertype family) =>
        new Scenario(Web([Ingress(IpProtocol.Tcp, Remote.Any), .. s_tcp]))
            .Play(Ends.For(family), "< S 1000:new; > SA 5000 1001:est", 12345, 5000)
            .Update(policy => policy.SetRules("web", Ingress(IpProtocol.Tcp, Remote.Any)))
            .Play(Ends.For(family), "< A 1001 5001:est", 12345, 5000)
            .Update(policy => policy.SetRules("web", s_tcp))
            .Play(Ends.For(family), "< PA 1001+5 5001:est", 12345, 5000)
            .Run();

    [Theory, Families]
    [Trait("Semantics", "45")]
    public void S33_DetachingTheOnlyAllowingGroup_RevokesTheFlow(Ethertype family) =>
        new Scenario(Policy.Create([Group("web", s_tcp), Group("other", EgressAll)], [Nic(W, "web", "other")]))
            .Play(Ends.For(family), "< S 1000:new; > SA 5000 1001:est", 12345, 5000)
            .Update(policy => policy.UpdateNic(W, nic => nic with { SecurityGroups = ["other"] }))
            .Play(Ends.For(family), "< A 1001 5001:PolicyRevoked; > A 5001 1001:PolicyRevoked", 12345, 5000)
            .Run();

    [Theory, Families]
    public void S34_UdpBecomesAStream_AtItsSecondExchange(Ethertype family)
    {
        FirewallOptions linux = With(tracking => tracking with { Timeouts = ConnectionTimeouts.Linux });
        new Scenario(P0, linux)
            .Play(Ends.For(family), "> udp:new; wait 29; < udp:est; wait 11; > udp:est; wait 5; < udp:est; wait 119; < udp:est; wait 121; < udp:NoMatchingRule")
            .Run();
        new Scenario(P0, linux).Play(Ends.For(family), "> udp:new; wait 1; < udp:est; wait 31; < udp:NoMatchingRule").Run();
    }

    [Theory, Families]
    public void S35_HandshakeNeverFinished_Expires(Ethertype family) =>
        new Scenario(P0).Play(Ends.For(family), "> S 1000:new; < SA 5000 1001:est; wait 61; < PA 5001+10 1001:NotSyn").Run();

    [Theory, Families]
    public void S36_ClosedConnection_Expires(Ethertype family) =>
        new Scenario(P0).Play(
            Ends.For(family), "E; > FA 1001 5001:est; < FA 5001 1002:est; > A 1002 5002:est; wait 121; < PA 5002+10 1002:NotSyn").Run();

    [Theory, Families]
    public void S37_PacketsWithoutConnection_AreDenied(Ethertype family) =>
        new Scenario(P0).Play(
            Ends.For(family), "< SA 1 1:InvalidState; < A 1 1:NotSyn; < R 1:InvalidState; < PA 1+5 1:NotSyn; < SF 1:BadFlags; count 0").Run();

    [Theory, Families]
    public void S38_PortReusedAfterClose_IsANewFlow(Ethertype family) =>
        new Scenario(P0).Play(
            Ends.For(family),
            "E; > FA 1001 5001:est; < FA 5001 1002:est; > A 1002 5002:est; > S 900000:new; < SA 7000 900001:est; > A 900001 7001:est; count 1").Run();

    [Theory, Families]
    [Trait("Semantics", "47")]
    public void S39_RemoteGroupOf5000_TakesAMemberWithoutRecompiling(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create(
            [Group("web", Ingress(IpProtocol.Tcp, 22, Remote.SecurityGroup("many"))), Group("many")],
            [Nic(W, "web"), .. Enumerable.Range(0, 5000).Select(Member)]);
        new Scenario(policy)
            .Ingress(PacketBuilder.Ip(MemberAddress(4999, e), IPAddress.Parse(e.W)).Tcp(1, 22), Reason.MatchedRule)
            .Ingress(PacketBuilder.Ip(MemberAddress(5000, e), IPAddress.Parse(e.W)).Tcp(1, 22), Reason.NoMatchingRule)
            .Check(firewall => Assert.Equal(0, firewall.Update(now => now.WithNic(Member(5000))).CompiledForms))
            .Ingress(PacketBuilder.Ip(MemberAddress(5000, e), IPAddress.Parse(e.W)).Tcp(1, 22), Reason.MatchedRule)
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "43")]
    public async Task S42_SwappingRulesets_NeverAllowsWhatNeitherAllows(Ethertype family)
    {
        using Firewall firewall = new(Web(Ingress(IpProtocol.Tcp, 80, Remote.Any)), Options);
        Policy[] policies = [firewall.Policy, firewall.Policy.SetRules("web", Ingress(IpProtocol.Tcp, 443, Remote.Any))];
        byte[] packet = Ends.For(family).In.Tcp(5000, 22);
        using CancellationTokenSource stop = new();
        Task<long> reader = Task.Run(() =>
        {
            long allowed = 0;
            while (!stop.IsCancellationRequested)
            {
                allowed += firewall[W].Filter(Direction.Ingress, packet).IsAllowed ? 1 : 0;
            }

            return allowed;
        });
        for (int i = 1; i <= 1000; i++)
        {
            firewall.Update(_ => policies[i % 2]);
            Assert.Equal(Reason.NoMatchingRule, firewall[W].Filter(Direction.Ingress, packet).Reason);
        }

        await stop.CancelAsync();
        Assert.Equal(0, await reader);
        Assert.Equal(1001, firewall.Generation);
    }

    private static Scenario Play(bool tcp, bool egressAll, string connection, FirewallOptions options, Ethertype family)
    {
        SecurityGroupRule[] before = [.. tcp ? s_tcp : s_udp, .. egressAll ? s_egressAll : []];
        return new Scenario(Web(before), options).Play(Ends.For(family), connection, 12345, 5000);
    }

    private static Nic Member(int number) =>
        NicAt($"member-{number}", MemberAddress(number, Ends.IPv4), MemberAddress(number, Ends.IPv6)) with { SecurityGroups = ["many"] };

    private static IPAddress MemberAddress(int number, Ends e) =>
        IPAddress.Parse(e.IsIPv4 ? $"10.7.{number / 250}.{(number % 250) + 1}" : $"2001:db8:7::{number + 1:x}");
}
