using System.Net;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Statistics, the list of connections, and explanations that change nothing.</summary>
public sealed class ObservationTests
{
    private static readonly Policy s_policy = Policy.Create(
        [
            Group("web", Ingress(IpProtocol.Tcp, 443, Remote.Any) with { Id = "https" }, Ingress(IpProtocol.Udp, 443, Remote.Any) with { Id = "quic" }),
            Group("ssh", Ingress(IpProtocol.Tcp, 22, Remote.SecurityGroup("ssh")) with { Id = "ssh" }, EgressAll with { Id = "all" }),
        ],
        [Nic(W, "web", "ssh"), Nic(D, "ssh")]);

    [Theory, Families]
    public void Statistics_CountEveryPacketOnce_PerNicDirectionAndReason(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(s_policy)
            .Play(e, "< S 1 rp=1:new; < S 1 rp=2:new; < udp lp=53:NoMatchingRule; > udp:new; < udp:est; < -:BadFlags", 443, 5000)
            .Ingress(PacketBuilder.Ip(e.X, e.M).Udp(1, 2), Reason.NotForThisNic)
            .Ingress(PacketBuilder.Ip(e.X, e.D).Udp(1, 2), Reason.NoMatchingRule, D)
            .Check(firewall =>
            {
                NicStatistics w = firewall[W].GetStatistics();
                Assert.Equal((W, 4L, 3L, 0L), (w.NicId, w.Allowed, w.Denied, w.Revalidations));
                Assert.Equal(2, w[Direction.Ingress, Reason.MatchedRule]);
                Assert.Equal(1, w[Direction.Egress, Reason.MatchedRule]);
                Assert.Equal(1, w[Direction.Ingress, Reason.Established]);
                Assert.Equal(1, w[Direction.Ingress, Reason.BadFlags]);
                Assert.Equal(1, w[Direction.Ingress, Reason.NotForThisNic]);
                Assert.Equal(0, w[Direction.Egress, Reason.NoMatchingRule]);
                FirewallStatistics all = firewall.GetStatistics();
                Assert.Equal((1L, 3, 1024), (all.Generation, all.Connections, all.MaxConnections));
                Assert.Equal(8, all.Nics.Sum(nic => nic.Allowed + nic.Denied));
            })
            .NotRestored("statistics are not saved")
            .Run();
    }

    /// <summary>A packet that is only logged was allowed, and the figures must say so.</summary>
    [Theory, Families]
    public void Statistics_CountByVerdict_WhenTheWindowIsOnlyLogged(Ethertype family) =>
        new Scenario(P0, With(tracking => tracking with { WindowCheck = WindowCheck.Log }))
            .Play(Ends.For(family), "E; < PA 25001+10 1001:passed; < R 90000:passed")
            .Check(firewall =>
            {
                NicStatistics w = firewall[W].GetStatistics();
                Assert.Equal((5L, 0L, 2L), (w.Allowed, w.Denied, w.Tolerated));
            })
            .NotRestored("statistics are not saved")
            .Run();

    [Theory, Families]
    public void GetConnections_TellsBothEndsFromTheNicsView(Ethertype family)
    {
        Ends e = Ends.For(family);
        ManualTimeProvider clock = new();
        using Firewall firewall = new(s_policy, Options with { TimeProvider = clock });
        firewall[W].Filter(Direction.Ingress, e.In.Tcp(5000, 443, TcpFlags.Syn, 1000));
        firewall[W].Filter(Direction.Egress, e.Out.EchoRequest(77));
        clock.Advance(10);
        ConnectionInfo[] all = [.. firewall.GetConnections()];
        ConnectionInfo tcp = Assert.Single(all, connection => connection.Protocol == IpProtocol.Tcp);
        ConnectionInfo echo = Assert.Single(all, connection => connection.Protocol == e.Icmp);
        Assert.Equal(2, all.Length);
        Assert.Equal((family, IPAddress.Parse(e.W), 443), (tcp.Ethertype, tcp.LocalAddress, tcp.LocalPort));
        Assert.Equal((IPAddress.Parse(e.X), 5000, Direction.Ingress), (tcp.RemoteAddress, tcp.RemotePort, tcp.Initiated));
        Assert.Equal((TimeSpan.FromSeconds(10), false), (tcp.Idle, tcp.IsRevoked));
        Assert.Equal((77, (int)e.EchoRequest, 0, Direction.Egress), (echo.IcmpIdentifier, echo.IcmpType, echo.IcmpCode, echo.Initiated));
        Assert.Equal(TimeSpan.FromSeconds(50), echo.ExpiresIn);
        clock.Advance(51);
        Assert.DoesNotContain(firewall.GetConnections(), connection => connection.Protocol == e.Icmp);
    }

    [Theory, Families]
    public void GetConnections_ShowsTombstones(Ethertype family)
    {
        using Firewall firewall = new(s_policy, Options);
        firewall[W].Filter(Direction.Ingress, Ends.For(family).In.Udp(5000, 443));
        firewall.Update(policy => policy.SetRules("web"));
        firewall[W].Filter(Direction.Ingress, Ends.For(family).In.Udp(5000, 443));
        Assert.True(Assert.Single(firewall.GetConnections()).IsRevoked);
    }

    [Theory, Families]
    public void Explain_NamesMatchedRulesAndNearMisses(Ethertype family)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(s_policy, Options);
        string suffix = family == Ethertype.IPv4 ? "" : "-v6";

        Explanation allowed = firewall[W].Explain(Direction.Ingress, e.In.Tcp(5000, 443));
        Assert.Equal((Reason.MatchedRule, Stage.Rules), (allowed.Decision.Reason, allowed.Stage));
        Assert.Equal("https" + suffix, Assert.Single(allowed.MatchedRules).Rule.Id);

        Explanation otherPort = firewall[W].Explain(Direction.Ingress, e.In.Tcp(5000, 444));
        Assert.Equal((Reason.NoMatchingRule, Stage.Rules), (otherPort.Decision.Reason, otherPort.Stage));
        Assert.Empty(otherPort.MatchedRules);
        Assert.Contains(otherPort.NearMisses, miss => miss.Rule.Rule.Id == "https" + suffix && miss.ButFor == MatchAspect.Port);

        Explanation otherRemote = firewall[W].Explain(Direction.Ingress, e.In.Tcp(5000, 22));
        Assert.Contains(otherRemote.NearMisses, miss => miss.Rule.Rule.Id == "ssh" + suffix && miss.ButFor == MatchAspect.Remote);
        Assert.Contains(W, otherRemote.ToString(), StringComparison.Ordinal);
        Assert.Contains("NoMatchingRule", otherRemote.ToString(), StringComparison.Ordinal);
    }

    [Theory, Families]
    public void Explain_NamesTheConnection(Ethertype family)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(s_policy, Options);
        firewall[W].Filter(Direction.Egress, e.Out.Udp(40000, 53));
        Explanation reply = firewall[W].Explain(Direction.Ingress, e.In.Udp(53, 40000));
        Assert.Equal((Reason.Established, Stage.Connection), (reply.Decision.Reason, reply.Stage));
        Assert.Equal((40000, 53, Direction.Egress), (reply.Connection!.LocalPort, reply.Connection.RemotePort, reply.Connection.Initiated));
    }

    /// <summary>Explaining before each packet of a long story gives what the filter then decides, and leaves no trace.</summary>
    [Theory, Families]
    public void Explain_AgreesWithFilterAndChangesNothing(Ethertype family)
    {
        Ends e = Ends.For(family);
        ManualTimeProvider clock = new();
        using Firewall firewall = new(s_policy, Options with { TimeProvider = clock });
        PacketBuilder udp = e.Out.Udp(40000, 53).PayloadOfLength(8);
        (Direction Direction, PacketBuilder Packet)[] story =
        [
            (Direction.Ingress, e.In.Tcp(5000, 443, TcpFlags.Syn, 1000)),
            (Direction.Egress, e.Out.Tcp(443, 5000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001)),
            (Direction.Ingress, e.In.Tcp(5000, 443, TcpFlags.Ack, 1001, 5001)),
            (Direction.Ingress, e.In.Tcp(5000, 443, TcpFlags.Ack, 900_000, 5001)),
            (Direction.Ingress, e.In.Tcp(5000, 443, TcpFlags.Rst, 1001)),
            (Direction.Ingress, e.In.Tcp(5000, 443, TcpFlags.Ack, 1001, 5001)),
            (Direction.Ingress, e.In.Tcp(5001, 443, TcpFlags.Syn | TcpFlags.Fin)),
            (Direction.Egress, udp),
            (Direction.Ingress, e.In.PortUnreachable(udp)),
            (Direction.Ingress, e.In.PortUnreachable(e.Out.Udp(1, 2).PayloadOfLength(8))),
            (Direction.Ingress, e.In.EchoReply()),
            (Direction.Ingress, e.In.EchoRequest()),
            (Direction.Egress, e.Out.EchoRequest()),
            (Direction.Egress, PacketBuilder.Ip(e.M, e.X).Udp(1, 2)),
            (Direction.Ingress, PacketBuilder.Ip(e.X, e.M).Udp(1, 2)),
            (Direction.Ingress, e.In.Udp(1, 2).Truncate(5)),
            (Direction.Egress, PacketBuilder.DhcpRequest()),
            (Direction.Egress, PacketBuilder.NeighborSolicitation(Ends.IPv6.W, "2001:db8::1")),
        ];
        NicFilter nic = firewall[W];
        for (int round = 0; round < 2; round++)
        {
            foreach ((Direction direction, PacketBuilder packet) in story)
            {
                (long packets, string connections) before = Trace(firewall);
                Explanation explanation = nic.Explain(direction, packet);
                Assert.Equal(explanation.Decision, nic.Explain(direction, packet).Decision);
                Assert.Equal(before, Trace(firewall));
                Assert.Equal(nic.Filter(direction, packet), explanation.Decision);
                clock.Advance(1);
            }

            firewall.Update(policy => policy.SetRules("web"));
        }
    }

    private static (long Packets, string Connections) Trace(Firewall firewall) => (
        firewall.GetStatistics().Nics.Sum(nic => nic.Allowed + nic.Denied + (1000 * nic.Revalidations)),
        string.Join('\n', firewall.GetConnections().Select(connection => $"{connection}").Order(StringComparer.Ordinal)));
}
