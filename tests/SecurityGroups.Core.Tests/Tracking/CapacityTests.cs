using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>Room: full table, quota of a NIC, removed NICs, reclaiming.</summary>
public class CapacityTests
{
    [Fact]
    public void FullTable_DeniesNewConnectionsOnly()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 32 });
        Establish(harness, 32);
        Assert.Equal(Reason.ConnectionTableFull, harness.SendOut(harness.Out().Udp(99, 53)).Reason);
        Assert.Equal(Reason.ConnectionTableFull, harness.Send(Direction.Egress, harness.Out().Udp(99, 53).Build(), commit: false).Reason);
        TcpScript.Run(harness, "in A 5001/1001", 7);
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    [Fact]
    public void FullTable_OfExpiredConnections_HasRoom()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 32, UnrepliedPercentage = 100 });
        for (int round = 0; round < 3; round++)
        {
            Assert.All(Enumerable.Range(1, 32), port => Assert.True(harness.SendOut(harness.Out().Udp(port + (round * 100), 53)).IsAllowed));
            harness.Wait(31);
        }

        Assert.Null(harness.Tracker.Table.FindDamage());
        Assert.Equal(harness.Tracker.Count, harness.Tracker.Reclaim(harness.Now, 64));
        Assert.Equal(0, harness.Tracker.Count);
        Assert.Equal(0, harness.Tracker.CountOf(harness.Zone));
    }

    [Fact]
    public void K04_NicAtItsQuota_DoesNotHinderOthers()
    {
        TrackerHarness harness = new();
        harness.Modes = harness.Modes with { MaxConnections = 2 };
        Establish(harness, 2);
        Assert.Equal(Reason.NicQuota, harness.SendOut(harness.Out().Udp(3, 53)).Reason);
        Assert.Equal(2, harness.Tracker.CountOf(harness.Zone));
        harness.Zone = harness.Tracker.RegisterZone();
        Assert.True(harness.SendOut(harness.Out().Udp(3, 53)).IsAllowed);
    }

    [Fact]
    public void NicAtItsQuota_WithExpiredConnections_HasRoom()
    {
        TrackerHarness harness = new();
        harness.Modes = harness.Modes with { MaxConnections = 1 };
        Assert.True(harness.SendOut(harness.Out().Udp(1, 53)).IsAllowed);
        harness.Wait(31);
        Assert.True(harness.SendOut(harness.Out().Udp(2, 53)).IsAllowed);
        Assert.Equal(1, harness.Tracker.CountOf(harness.Zone));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NicAtItsQuota_WhoseExpiredConnectionsLieFarFromTheHand_HasRoom(bool isExplainedFirst)
    {
        ConnectionTimeouts timeouts = ConnectionTimeouts.Default with { TcpEstablished = TimeSpan.FromSeconds(30) };
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 16_384, UnrepliedPercentage = 100, Timeouts = timeouts });
        uint small = harness.Zone;
        Establish(harness, 100);
        harness.Zone = harness.Tracker.RegisterZone();
        harness.Wait(20);
        Assert.All(Enumerable.Range(1, 10_000), port => Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed));
        harness.Zone = small;
        harness.Modes = harness.Modes with { MaxConnections = 100 };
        harness.Wait(5);
        harness.Tracker.Reclaim(harness.Now, 5_000);
        Assert.Equal(Reason.NicQuota, harness.SendOut(harness.Out().Udp(200, 53)).Reason);
        harness.Wait(5);
        if (isExplainedFirst)
        {
            Assert.Equal(Reason.MatchedRule, harness.Send(Direction.Egress, harness.Out().Udp(200, 53).Build(), commit: false).Reason);
        }

        Assert.Equal(Reason.MatchedRule, harness.SendOut(harness.Out().Udp(200, 53)).Reason);
        Assert.Equal(1, harness.Tracker.CountOf(small));
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    [Fact]
    public void FullTable_WhoseZoneIsRetired_HasRoomInTheSameMillisecond()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 200 });
        Establish(harness, 200);
        Assert.Equal(Reason.ConnectionTableFull, harness.SendOut(harness.Out().Udp(999, 53)).Reason);
        harness.Tracker.RetireZone(harness.Zone, harness.Now);
        harness.Zone = harness.Tracker.RegisterZone();
        Assert.Equal(Reason.MatchedRule, harness.SendOut(harness.Out().Udp(999, 53)).Reason);
    }

    [Fact]
    public void FullTable_AfterTheClockWentBack_IsSearchedAgain()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 1 });
        harness.Rules.Replace(TestRules.EgressOnly);
        TcpScript.Run(harness, "E | out S 1000 :5001 => ConnectionTableFull | wait -100 | out RA 1001/5001");
        Assert.Equal(Reason.MatchedRule, harness.SendOut(harness.Out().Udp(1, 53)).Reason);
        harness.Wait(100);
        Assert.Equal(Reason.MatchedRule, harness.SendOut(harness.Out().Udp(2, 53)).Reason);
    }

    [Fact]
    public void RetiredZone_StoresNoConnectionsAndGivesItsRoomBack()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 16, UnrepliedPercentage = 100 });
        Assert.All(Enumerable.Range(1, 16), port => Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed));
        harness.Tracker.RetireZone(harness.Zone, harness.Now);

        // A call that still holds the old rules: they admitted the packet, and its connection would be forgotten anyway.
        Assert.Equal(Reason.MatchedRule, harness.Send(Direction.Egress, harness.Out().Udp(99, 53).Build(), commit: false).Reason);
        Assert.Equal(Reason.MatchedRule, harness.SendOut(harness.Out().Udp(99, 53)).Reason);
        Assert.Null(harness.Find(Direction.Egress, harness.Out().Udp(99, 53).Build()));
        harness.Zone = harness.Tracker.RegisterZone();
        Assert.All(Enumerable.Range(1, 16), port => Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed));
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    [Fact]
    public void Snapshot_DescribesTheLiveOnesOfTheZone()
    {
        TrackerHarness harness = new();
        harness.Rules.Replace(TestRules.EgressOnly);
        TcpScript.Run(harness, "E");
        harness.SendOut(harness.Out().EchoRequest(7));
        harness.Wait(2);
        ConnectionInfo[] connections = Snapshot(harness, harness.Zone);
        ConnectionInfo tcp = Assert.Single(connections, c => c.Protocol == IpProtocol.Tcp);
        Assert.Equal(("10.0.0.5", 40_000, "203.0.113.7", 5000), (tcp.LocalAddress.ToString(), tcp.LocalPort, tcp.RemoteAddress.ToString(), tcp.RemotePort));
        Assert.Equal(("established", Direction.Egress, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(7438)), (tcp.State, tcp.Initiated, tcp.Idle, tcp.ExpiresIn));
        ConnectionInfo echo = Assert.Single(connections, c => c.Protocol == IpProtocol.Icmp);
        Assert.Equal(((int?)8, (int?)7, "unreplied"), (echo.IcmpType, echo.IcmpIdentifier, echo.State));
        Assert.Equal((0, 0, (int?)0), (echo.LocalPort, echo.RemotePort, echo.IcmpCode));
        Assert.Equal((null, null, null), (tcp.IcmpType, tcp.IcmpCode, tcp.IcmpIdentifier));
        harness.Wait(100);
        Assert.Single(Snapshot(harness, harness.Zone));
        Assert.Empty(Snapshot(harness, harness.Tracker.RegisterZone()));
    }

    [Fact]
    public void Options_OutOfRange_ThrowAtTheDoor()
    {
        Assert.Throws<ArgumentOutOfRangeException>("MaxConnections", () => new ConnectionTrackingOptions { MaxConnections = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("MaxConnections", () => new ConnectionTrackingOptions { MaxConnections = 16_777_217 });
        Assert.Throws<ArgumentOutOfRangeException>("HalfOpenPercentage", () => new ConnectionTrackingOptions { HalfOpenPercentage = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("HalfOpenPercentage", () => new ConnectionTrackingOptions { HalfOpenPercentage = 101 });
        Assert.Throws<ArgumentOutOfRangeException>("UnrepliedPercentage", () => new ConnectionTrackingOptions { UnrepliedPercentage = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("UnrepliedPercentage", () => new ConnectionTrackingOptions { UnrepliedPercentage = 101 });
        Assert.Throws<ArgumentOutOfRangeException>("IcmpErrorsPerSecond", () => new ConnectionTrackingOptions { IcmpErrorsPerSecond = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("UdpStream", () => ConnectionTimeouts.Default with { UdpStream = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>("TcpClose", () => ConnectionTimeouts.Default with { TcpClose = TimeSpan.FromDays(24) });
    }

    /// <summary>Two threads admitted the first packets of one connection (U11), and the other took the last place.</summary>
    [Fact]
    public void ConnectionMadeMeanwhile_IsJoined_ThoughThereIsNoRoom()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 2, HalfOpenPercentage = 50 });
        TcpScript.Run(harness, "E", 1);
        TcpScript.Run(harness, "E", 2);
        Assert.Equal((Reason.NotEvaluated, Reason.ConnectionTableFull), (Create(harness, 2), Create(harness, 3)));
        harness.Modes = harness.Modes with { MaxConnections = 1 };
        Assert.Equal((Reason.NotEvaluated, Reason.NicQuota), (Create(harness, 2), Create(harness, 3)));
        Assert.Equal((2, 0L), (harness.Tracker.Count, harness.Tracker.Table.Evicted));
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    [Fact]
    public void ConnectionMadeMeanwhile_ThatRefusesThePacket_SaysWhy()
    {
        TrackerHarness harness = new();
        TcpScript.Run(harness, "E", 1);
        byte[] syn = harness.In().Tcp(5000, 1, TcpFlags.Syn, 9000);
        Decision refused = harness.Send(Direction.Ingress, syn, commit: false);
        Assert.False(refused.IsAllowed);
        Assert.Equal(refused.Reason, Create(harness, Direction.Ingress, syn));
        harness.Rules.Replace((_, _) => false);
        TcpScript.Run(harness, "in A 5001/1001 => PolicyRevoked", 1);
        Assert.Equal((Reason.PolicyRevoked, 1), (Create(harness, 1), harness.Tracker.Count));
    }

    [Fact]
    public void ConnectionMadeMeanwhile_CountsThePacketThatJoins()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 4, CountTraffic = true });
        byte[] packet = harness.Out().Udp(1, 53);
        Assert.Equal(Reason.NotEvaluated, Create(harness, Direction.Egress, packet));
        Assert.Equal(Reason.NotEvaluated, Create(harness, Direction.Egress, packet));
        ConnectionTraffic traffic = harness.Find(Direction.Egress, packet)!.Traffic!.Value;
        Assert.Equal((2, 2 * packet.Length, 0), (traffic.EgressPackets, traffic.EgressOctets, traffic.IngressPackets));
    }

    [Fact]
    public void ConnectionMadeMeanwhile_ThatIsOverAlready_GivesItsPlace()
    {
        TrackerHarness harness = new();
        TcpScript.Run(harness, "E | out FA 1001/5001 | in FA 5001/1002 | out A 1002/5002 | state timeWait", 1);
        Assert.Equal(Reason.NotEvaluated, Create(harness, Direction.Egress, harness.Out().Tcp(1, 5000, TcpFlags.Syn, 900_000)));
        TcpScript.Run(harness, "state synSent | count 1", 1);
    }

    [Fact]
    public void SmallestTable_Works()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 1 });
        Assert.True(harness.SendOut(harness.Out().Udp(1, 53)).IsAllowed);
        Assert.True(harness.SendOut(harness.Out().Udp(2, 53)).IsAllowed);
        Assert.Equal(1, harness.Tracker.Count);
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    // As for a SYN that met no connection a moment ago.
    private static Reason Create(TrackerHarness harness, int port) =>
        Create(harness, Direction.Egress, harness.Out().Tcp(port, 5000, TcpFlags.Syn, 1000));

    private static Reason Create(TrackerHarness harness, Direction direction, byte[] syn)
    {
        harness.Parse(syn, out ParsedPacket packet);
        return harness.Tracker.Create(harness.KeyOf(direction, syn), packet, direction, harness.Now, harness.Modes, 1, commit: true);
    }

    private static void Establish(TrackerHarness harness, int count)
    {
        for (int port = 1; port <= count; port++)
        {
            TcpScript.Run(harness, "E", port);
        }
    }

    private static ConnectionInfo[] Snapshot(TrackerHarness harness, uint zone) =>
        [.. harness.Tracker.Snapshot(new ConnectionSelection(ConnectionFilter.All, new Dictionary<uint, string> { [zone] = "nic" }), harness.Now)];
}
