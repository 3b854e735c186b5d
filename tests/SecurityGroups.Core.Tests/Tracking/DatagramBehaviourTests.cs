using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>The UDP rows of behaviour.md, section 2, and the other protocols.</summary>
public class DatagramBehaviourTests
{
    private static readonly ConnectionTrackingOptions s_linux = new() { MaxConnections = 64, Timeouts = ConnectionTimeouts.Linux };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void U01_ReplyWithinTheIdleTime_IsAllowedAndRefreshes(bool isIPv6)
    {
        TrackerHarness harness = Opened(isIPv6);
        harness.Wait(29);
        Assert.Equal(Reason.Established, harness.SendIn(harness.In().Udp(53, 4000)).Reason);
        harness.Wait(29);
        Assert.Equal(Reason.Established, harness.SendIn(harness.In().Udp(53, 4000)).Reason);
    }

    [Fact]
    public void U02_ReplyFromAnotherPort_GoesToTheRules() =>
        Assert.Equal(Reason.NoMatchingRule, SendAfterOpening(harness => harness.In().Udp(54, 4000)).Reason);

    [Fact]
    public void U03_ReplyFromAnotherAddress_GoesToTheRules() =>
        Assert.Equal(Reason.NoMatchingRule, SendAfterOpening(harness => PacketBuilder.Ip("203.0.113.8", harness.Local).Udp(53, 4000)).Reason);

    [Fact]
    public void U04_SilenceBeyondTheIdleTime_Expires()
    {
        TrackerHarness harness = Opened();
        harness.Wait(31);
        Assert.Equal(Reason.NoMatchingRule, harness.SendIn(harness.In().Udp(53, 4000)).Reason);
        Assert.Equal(0, harness.Tracker.Count);
    }

    [Fact]
    public void U05_OneExchange_StaysInTheShortClass()
    {
        TrackerHarness harness = Opened(options: s_linux);
        harness.Wait(0.05);
        Assert.True(harness.SendIn(harness.In().Udp(53, 4000)).IsAllowed);
        harness.Wait(30.95);
        Assert.False(harness.SendIn(harness.In().Udp(53, 4000)).IsAllowed);
    }

    [Fact]
    public void U06_TalkOverTwoSeconds_BecomesAStream()
    {
        TrackerHarness harness = Opened(options: s_linux);
        harness.Wait(1);
        Assert.True(harness.SendIn(harness.In().Udp(53, 4000)).IsAllowed);
        harness.Wait(2);
        Assert.True(harness.SendOut(harness.Out().Udp(4000, 53)).IsAllowed);
        harness.Wait(119);
        Assert.True(harness.SendIn(harness.In().Udp(53, 4000)).IsAllowed);
    }

    [Fact]
    public void S34_LinuxTimeouts_AsTheScenarioSays()
    {
        TrackerHarness harness = Opened(options: s_linux);
        (double At, Direction Direction, bool Allowed)[] steps =
        [
            (29, Direction.Ingress, true), (40, Direction.Egress, true), (45, Direction.Ingress, true), (45 + 119, Direction.Ingress, true),
            (45 + 119 + 121, Direction.Ingress, false),
        ];
        long start = harness.Now;
        foreach ((double at, Direction direction, bool allowed) in steps)
        {
            harness.Now = start + (long)(at * 1000);
            PacketBuilder packet = direction == Direction.Egress ? harness.Out().Udp(4000, 53) : harness.In().Udp(53, 4000);
            Assert.Equal(allowed, harness.Send(direction, packet.Build()).IsAllowed);
        }
    }

    [Fact]
    public void U07_ReplyToIngress_NeedsNoEgressRule()
    {
        TrackerHarness harness = new();
        harness.Rules.Replace((direction, key) => direction == Direction.Ingress && key.MatchPort(direction) == 5060);
        Assert.Equal(Reason.MatchedRule, harness.SendIn(harness.In().Udp(9000, 5060)).Reason);
        Assert.Equal(Reason.Established, harness.SendOut(harness.Out().Udp(5060, 9000)).Reason);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void U08_RefreshOnEgressOnly_LetsIngressAloneExpire(bool egressOnly, bool isAllowedAtTheEnd)
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 64, RefreshOnEgressOnly = egressOnly });
        harness.Rules.Replace(TestRules.EgressOnly);
        for (int i = 0; i < 3; i++)
        {
            harness.SendOut(harness.Out().Udp(4000, 53));
            harness.SendIn(harness.In().Udp(53, 4000));
            harness.Wait(25);
        }

        for (int i = 0; i < 10; i++)
        {
            harness.SendIn(harness.In().Udp(53, 4000));
            harness.Wait(20);
        }

        Assert.Equal(isAllowedAtTheEnd, harness.SendIn(harness.In().Udp(53, 4000)).IsAllowed);
    }

    [Fact]
    public void U14_ProtocolWithoutPorts_IsTrackedByItsAddresses()
    {
        TrackerHarness harness = new();
        harness.Rules.Replace(TestRules.EgressOnly);
        Assert.True(harness.SendOut(harness.Out().Protocol(47, 0, 0, 8, 0)).IsAllowed);
        harness.Wait(599);
        Assert.Equal(Reason.Established, harness.SendIn(harness.In().Protocol(47, 0, 0, 8, 0)).Reason);
        harness.Wait(600);
        Assert.Equal(Reason.NoMatchingRule, harness.SendIn(harness.In().Protocol(47, 0, 0, 8, 0)).Reason);
    }

    [Fact]
    public void SctpDccpAndUdpLite_AreTrackedByFiveTuple()
    {
        TrackerHarness harness = new();
        harness.Rules.Replace(TestRules.EgressOnly);
        foreach (Func<PacketBuilder, int, int, PacketBuilder> transport in
            (Func<PacketBuilder, int, int, PacketBuilder>[])[(p, s, d) => p.Sctp(s, d), (p, s, d) => p.Dccp(s, d), (p, s, d) => p.UdpLite(s, d)])
        {
            Assert.Equal(Reason.MatchedRule, harness.SendOut(transport(harness.Out(), 4000, 5000)).Reason);
            Assert.Equal(Reason.Established, harness.SendIn(transport(harness.In(), 5000, 4000)).Reason);
            Assert.Equal(Reason.NoMatchingRule, harness.SendIn(transport(harness.In(), 5001, 4000)).Reason);
        }

        Assert.Equal(3, harness.Tracker.Count);
    }

    [Fact]
    public void UdpFromPortZero_IsJudgedAndNotTracked()
    {
        TrackerHarness harness = new();
        Assert.Equal(Reason.MatchedRule, harness.SendOut(harness.Out().Udp(0, 53)).Reason);
        Assert.Equal(0, harness.Tracker.Count);
    }

    [Fact]
    public void OtherVlan_IsAnotherConnection()
    {
        TrackerHarness harness = Opened();
        PacketParser.Parse(harness.In().Udp(53, 4000).Vlan(7).Build(), LinkType.Ethernet, default, out ParsedPacket tagged);
        Assert.Equal(Reason.NoMatchingRule, harness.Send(Direction.Ingress, tagged).Reason);
    }

    [Fact]
    public void OtherZone_IsAnotherConnection()
    {
        TrackerHarness harness = Opened();
        harness.Zone = harness.Tracker.RegisterZone();
        Assert.Equal(Reason.NoMatchingRule, harness.SendIn(harness.In().Udp(53, 4000)).Reason);
    }

    /// <summary>Assured is what a restore keeps first: an exchange that goes on, not one query and its answer.</summary>
    [Theory]
    [InlineData(1_999, false)]
    [InlineData(2_000, true)]
    public void U05_AnAnsweredExchangeThatGoesOn_IsAssured(long milliseconds, bool isAssured)
    {
        ConnectionEntry entry = default;
        ParsedPacket query = new() { Kind = PacketKind.IPv4, Protocol = ProtocolNumbers.Udp, Traits = PacketTraits.Ports };
        ConnectionState state = DatagramTracking.Open(ref entry, query, Direction.Egress, 5_000);
        DatagramTracking.Advance(ref entry, ref state, Direction.Egress, 5_000 + milliseconds, refreshOnEgressOnly: false);
        Assert.False(state.IsReplied || state.IsAssured);
        DatagramTracking.Advance(ref entry, ref state, Direction.Ingress, 5_000 + milliseconds, refreshOnEgressOnly: false);
        Assert.Equal((true, false), (state.IsReplied, state.IsAssured));
        DatagramTracking.Advance(ref entry, ref state, Direction.Egress, 5_000 + milliseconds, refreshOnEgressOnly: false);
        Assert.Equal((isAssured, isAssured ? ConnectionClass.UdpStream : ConnectionClass.UdpUnreplied), (state.IsAssured, state.Class));
    }

    private static TrackerHarness Opened(bool isIPv6 = false, ConnectionTrackingOptions? options = null)
    {
        TrackerHarness harness = new(isIPv6, options);
        harness.Rules.Replace(TestRules.EgressOnly);
        Assert.Equal(Reason.MatchedRule, harness.SendOut(harness.Out().Udp(4000, 53)).Reason);
        return harness;
    }

    private static Decision SendAfterOpening(Func<TrackerHarness, PacketBuilder> packet)
    {
        TrackerHarness harness = Opened();
        return harness.SendIn(packet(harness));
    }
}
