using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Modes of the firewall that a NIC has its own of: each NIC goes by its own, another's is none of its business, and a change counts at once.</summary>
public sealed class NicModeTests
{
    private static readonly WindowCheck[] s_windowChecks = [WindowCheck.Enforce, WindowCheck.Log, WindowCheck.Off];
    private static readonly PickUp[] s_pickUps = [PickUp.Strict, PickUp.Loose, PickUp.LooseEgressOnly];

    public static TheoryData<WindowCheck?> FirewallWindowChecks => [null, .. s_windowChecks];

    public static TheoryData<PickUp?> FirewallPickUps => [null, .. s_pickUps];

    [Theory, MemberData(nameof(FirewallWindowChecks))]
    public void WindowCheck_OfEachNic_IsItsOwn(WindowCheck? ofFirewall)
    {
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            Nic[] nics = [.. s_windowChecks.Select((check, i) => Named(i, new NicOptions { WindowCheck = check })), Named(3, null)];
            FirewallOptions options = ofFirewall is { } check ? With(tracking => tracking with { WindowCheck = check }) : Options;
            using Firewall firewall = new(Policy.Create([Group("web", EgressAll)], nics), options);
            foreach (Nic nic in nics)
            {
                Establish(firewall[nic.Id], e);
                WindowCheck expected = nic.Options?.WindowCheck ?? ofFirewall ?? WindowCheck.Enforce;
                Decision decision = firewall[nic.Id].Filter(Direction.Ingress, OutOfWindow(e));
                Assert.Equal(expected == WindowCheck.Enforce ? Reason.OutOfWindow : Reason.Established, decision.Reason);
                Assert.Equal(expected == WindowCheck.Log ? 1 : 0, firewall[nic.Id].GetStatistics().Tolerated);
            }
        }
    }

    [Theory, MemberData(nameof(FirewallPickUps))]
    public void PickUp_OfEachNic_IsItsOwn(PickUp? ofFirewall)
    {
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            Nic[] nics = [.. s_pickUps.Select((pickUp, i) => Named(i, new NicOptions { PickUp = pickUp })), Named(3, null)];
            FirewallOptions options = ofFirewall is { } pickUp ? With(tracking => tracking with { PickUp = pickUp }) : Options;
            using Firewall firewall = new(Policy.Create([Group("web", EgressAll, IngressAll)], nics), options);
            foreach (Nic nic in nics)
            {
                PickUp expected = nic.Options?.PickUp ?? ofFirewall ?? PickUp.Strict;
                Assert.Equal(
                    expected == PickUp.Loose ? Reason.MatchedRule : Reason.NotSyn,
                    firewall[nic.Id].Filter(Direction.Ingress, e.In.Tcp(5000, 22, TcpFlags.Ack, 1, 1)).Reason);
                Assert.Equal(
                    expected == PickUp.Strict ? Reason.NotSyn : Reason.MatchedRule,
                    firewall[nic.Id].Filter(Direction.Egress, e.Out.Tcp(40_000, 443, TcpFlags.Ack, 1, 1)).Reason);
            }
        }
    }

    /// <summary>What would be denied is told with its ends, counts against the limit of denials, and Explain tells nothing.</summary>
    [Theory, Families]
    public void WindowCheckLog_TellsWhatItLetsPass(Ethertype family)
    {
        Ends e = Ends.For(family);
        FirewallOptions options = With(tracking => tracking with { WindowCheck = WindowCheck.Log }) with
        {
            TimeProvider = new ManualTimeProvider(),
            Events = new FirewallEventOptions { Connections = false, DenialsPerSecond = 2 },
        };
        using Firewall firewall = new(P0, options);
        Establish(firewall[W], e);
        firewall[W].Explain(Direction.Ingress, OutOfWindow(e));
        Assert.False(firewall.Events.TryRead(out _));

        Decision decision = firewall[W].Filter(Direction.Ingress, OutOfWindow(e));
        Assert.True(firewall.Events.TryRead(out FirewallEvent told));
        Assert.Equal((FirewallEventKind.PacketTolerated, decision, W, Direction.Ingress), (told.Kind, told.Decision, told.NicId, told.Direction));
        Assert.Equal((e.W, 40_000, e.X, 443), ($"{told.LocalAddress}", told.LocalPort, $"{told.RemoteAddress}", told.RemotePort));
        firewall[W].Filter(Direction.Ingress, e.In.Tcp(443, 40_000, TcpFlags.Rst, 90_000));
        firewall[W].Filter(Direction.Ingress, OutOfWindow(e));
        Assert.True(firewall.Events.TryRead(out told) && told is { Kind: FirewallEventKind.PacketTolerated, Decision.Reason: Reason.PassIgnored });
        Assert.False(firewall.Events.TryRead(out _));
        Assert.Equal((1, 3), (firewall.Events.Suppressed, firewall[W].GetStatistics().Tolerated));
    }

    /// <summary>A change of mode is a change of the policy: it holds from the next packet on, and the connections go on.</summary>
    [Theory, Families]
    public void Modes_OfALiveNic_AreSwitchedByAnUpdate(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(P0)
            .Play(e, "E; < PA 25001+10 1001:OutOfWindow; < A 1 1 rp=80:NotSyn; > A 1 1 rp=81:NotSyn")
            .Update(policy => policy.UpdateNic(W, nic => nic with { Options = new NicOptions { WindowCheck = WindowCheck.Log, PickUp = PickUp.LooseEgressOnly } }))
            .Play(e, "< PA 25001+10 1001:est; > A 1001 5001:est; < A 1 1 rp=80:NotSyn; > A 1 1 rp=81:new")
            .Update(policy => policy.UpdateNic(W, nic => nic with { Options = null }))
            .Play(e, "< PA 25001+10 1001:OutOfWindow; > A 1001 5001:est; > A 1 1 rp=82:NotSyn; < A 1 1 rp=81:est")
            .Run();
    }

    /// <summary>Whoever uses up the errors of one NIC takes none of another's.</summary>
    [Theory, Families]
    public void IcmpErrors_OfEachNic_HaveABucketOfTheirOwn(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder fromW = e.Out.Udp(40_000, 53).PayloadOfLength(8);
        PacketBuilder fromD = PacketBuilder.Ip(e.D, e.X).Udp(40_000, 53).PayloadOfLength(8);
        Scenario scenario = new Scenario(
                Policy.Create([Group("web", EgressAll)], [Nic(W, "web"), Nic(D, "web")]), With(tracking => tracking with { IcmpErrorsPerSecond = 1 }))
            .Egress(fromW, Reason.MatchedRule)
            .Egress(fromD, Reason.MatchedRule, D);
        for (int i = 0; i < 10; i++)
        {
            scenario.Ingress(e.In.PortUnreachable(fromW), Reason.Related);
        }

        scenario
            .Ingress(e.In.PortUnreachable(fromW), Reason.IcmpRateLimit)
            .Ingress(PacketBuilder.Ip(e.Router, e.D).PortUnreachable(fromD), Reason.Related, D)
            .NotRestored("the rate of ICMP errors is not saved")
            .Run();
    }

    // All have W's addresses, each in a network of its own.
    private static Nic Named(int number, NicOptions? options) => Nic(W, "web") with { Id = $"nic{number}", NetworkId = $"network{number}", Options = options };

    private static PacketBuilder OutOfWindow(Ends e) => e.In.Tcp(443, 40_000, TcpFlags.Ack, 25_001, 1001, 10_000).PayloadOfLength(10);

    private static void Establish(NicFilter nic, Ends e)
    {
        Assert.Equal(Reason.MatchedRule, nic.Filter(Direction.Egress, e.Out.Tcp(40_000, 443, TcpFlags.Syn, 1000, 0, 10_000)).Reason);
        Assert.Equal(Reason.Established, nic.Filter(Direction.Ingress, e.In.Tcp(443, 40_000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001, 10_000)).Reason);
        Assert.Equal(Reason.Established, nic.Filter(Direction.Egress, e.Out.Tcp(40_000, 443, TcpFlags.Ack, 1001, 5001, 10_000)).Reason);
    }
}
