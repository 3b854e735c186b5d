using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Tracking;

/// <summary>The ICMP rows of behaviour.md, section 2.</summary>
public class IcmpBehaviourTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void I01_I04_ReplyOfTheSameQuery_IsAllowedAgainAndAgain(bool isIPv6)
    {
        TrackerHarness harness = Opened(isIPv6, h => h.Out().EchoRequest(7));
        Assert.Equal(Reason.Established, harness.SendIn(harness.In().EchoReply(7)).Reason);
        Assert.Equal(Reason.Established, harness.SendIn(harness.In().EchoReply(7)).Reason);
    }

    [Fact]
    public void I02_ReplyWithAnotherIdentifier_IsInvalid()
    {
        TrackerHarness harness = Opened(false, h => h.Out().EchoRequest(7));
        Assert.Equal(Reason.InvalidState, harness.SendIn(harness.In().EchoReply(8)).Reason);
    }

    [Fact]
    public void I03_ReplyToNothing_IsInvalidWhateverTheRules() =>
        Assert.Equal(Reason.InvalidState, new TrackerHarness().SendIn(new TrackerHarness().In().EchoReply(7)).Reason);

    [Theory]
    [InlineData(13, 14, false)]
    [InlineData(15, 16, false)]
    [InlineData(17, 18, false)]
    [InlineData(139, 140, true)]
    public void I22_OtherQueries_HaveTheirReplies(int request, int reply, bool isIPv6)
    {
        TrackerHarness harness = Opened(isIPv6, h => h.Out().Icmp(request, 0, 7 << 16).PayloadOfLength(16));
        Assert.Equal(Reason.Established, harness.SendIn(harness.In().Icmp(reply, 0, 7 << 16).PayloadOfLength(16)).Reason);
    }

    [Fact]
    public void I19_ReplyAfterSixtyOneSeconds_IsInvalid()
    {
        TrackerHarness harness = Opened(false, h => h.Out().EchoRequest(7));
        harness.Wait(61);
        Assert.Equal(Reason.InvalidState, harness.SendIn(harness.In().EchoReply(7)).Reason);
    }

    [Fact]
    public void I23_ReplyWithAnotherCode_IsInvalid()
    {
        TrackerHarness harness = Opened(false, h => h.Out().Icmp(8, 5, 7 << 16));
        Assert.Equal(Reason.InvalidState, harness.SendIn(harness.In().Icmp(0, 0, 7 << 16)).Reason);
        Assert.Equal(Reason.Established, harness.SendIn(harness.In().Icmp(0, 5, 7 << 16)).Reason);
    }

    [Fact]
    public void Queries_OfBothEndsWithOneIdentifier_AreTwoConnections()
    {
        TrackerHarness harness = Opened(false, h => h.Out().EchoRequest(7));
        Assert.Equal(Reason.NoMatchingRule, harness.SendIn(harness.In().EchoRequest(7)).Reason);
        harness.Rules.Replace((_, _) => true);
        Assert.Equal(Reason.MatchedRule, harness.SendIn(harness.In().EchoRequest(7)).Reason);
        Assert.Equal(2, harness.Tracker.Count);
        Assert.Equal(Reason.Established, harness.SendOut(harness.Out().EchoReply(7)).Reason);
        Assert.Equal(Reason.Established, harness.SendIn(harness.In().EchoReply(7)).Reason);
    }

    [Fact]
    public void TheOtherFamilysIcmp_IsAProtocolWithoutPorts()
    {
        TrackerHarness harness = Opened(true, h => h.Out().Protocol(1, 8, 0, 0, 0, 0, 7, 0, 1));
        Assert.Equal(Reason.Established, harness.SendIn(harness.In().Protocol(1, 0, 0, 0, 0, 0, 9, 0, 1)).Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void I05_ErrorAboutAConnection_IsRelatedAndRefreshesNothing(bool isIPv6)
    {
        TrackerHarness harness = Opened(isIPv6, h => h.Out().Udp(4000, 53));
        harness.Wait(20);
        byte[] sent = harness.Out().Udp(4000, 53).Build();
        Decision decision = harness.SendIn(harness.In().PortUnreachable(sent));
        Assert.Equal(Decision.Allow(Reason.Related), decision);
        Assert.Equal(TimeSpan.FromSeconds(20), harness.Find(Direction.Egress, sent)!.Idle);
    }

    [Theory]
    [InlineData(false, "198.51.100.1")]
    [InlineData(true, "2001:db8:9::1")]
    public void I06_ErrorFromARouter_IsRelated(bool isIPv6, string router)
    {
        TrackerHarness harness = Opened(isIPv6, h => h.Out().Udp(4000, 53));
        Assert.Equal(Reason.Related, harness.SendIn(PacketBuilder.Ip(router, harness.Local).PortUnreachable(harness.Out().Udp(4000, 53).Build())).Reason);
    }

    [Fact]
    public void ErrorThatLeaves_AboutAnIngressPacket_IsRelated()
    {
        TrackerHarness harness = Opened(false, h => h.Out().Udp(4000, 53));
        Assert.Equal(Reason.Related, harness.SendOut(harness.Out().PortUnreachable(harness.In().Udp(53, 4000).Build())).Reason);
    }

    [Fact]
    public void I07_ErrorAboutNothing_IsUnrelated()
    {
        TrackerHarness harness = Opened(false, h => h.Out().Udp(4000, 53));
        Assert.Equal(Reason.UnrelatedIcmp, harness.SendIn(harness.In().PortUnreachable(harness.Out().Udp(4001, 53).Build())).Reason);
    }

    [Fact]
    public void Error_ThatQuotesAPacketOfTheWrongDirection_IsUnrelated()
    {
        TrackerHarness harness = Opened(false, h => h.Out().Udp(4000, 53));
        Assert.Equal(Reason.UnrelatedIcmp, harness.SendIn(harness.In().PortUnreachable(harness.In().Udp(53, 4000).Build())).Reason);
    }

    [Fact]
    public void Error_ToAnotherAddressThanTheQuotedSource_IsUnrelated()
    {
        TrackerHarness harness = Opened(false, h => h.Out().Udp(4000, 53));
        Assert.Equal(Reason.UnrelatedIcmp, harness.SendIn(PacketBuilder.Ip("203.0.113.7", "10.0.0.6").PortUnreachable(harness.Out().Udp(4000, 53).Build())).Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void I13_I15_ErrorsDuringTheHandshake_DoNotEndIt(bool isIPv6)
    {
        TrackerHarness harness = Opened(isIPv6, h => h.Out().Tcp(4000, 80, TcpFlags.Syn, 1000));
        byte[] syn = harness.Out().Tcp(4000, 80, TcpFlags.Syn, 1000).Build();
        Assert.Equal(Reason.Related, harness.SendIn(harness.In().PortUnreachable(syn)).Reason);
        Assert.Equal(Reason.Related, harness.SendIn(harness.In().PacketTooBig(syn, 1400)).Reason);
        Assert.Equal(Reason.Established, harness.SendIn(harness.In().Tcp(80, 4000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001)).Reason);
    }

    [Theory]
    [InlineData(1001u, true)]
    [InlineData(1000u, true)]
    [InlineData(1002u, false)]
    [InlineData(4_294_902_297u, true)]
    [InlineData(4_294_902_296u, false)]
    public void Error_AboutASegmentThatIsNotInFlight_IsUnrelated(uint sequence, bool isRelated)
    {
        TrackerHarness harness = new();
        TcpScript.Run(harness, "E");
        Decision decision = harness.SendIn(harness.In().PortUnreachable(harness.Out().Tcp(40_000, 5000, TcpFlags.Ack, sequence).Build()));
        Assert.Equal(isRelated ? Reason.Related : Reason.UnrelatedIcmp, decision.Reason);
    }

    /// <summary>What is in flight begins a lag below what was acknowledged, not below what was sent; without an acknowledgment below the end of the SYN.</summary>
    [Theory]
    [InlineData("E | out PA 1001+500/5001", 4_294_902_297u, true)]
    [InlineData("E | out PA 1001+500/5001", 4_294_902_296u, false)]
    [InlineData("E | out PA 1001+500/5001", 1_501u, true)]
    [InlineData("E | out PA 1001+500/5001", 1_502u, false)]
    [InlineData("out S 1000+200 => new", 4_294_902_497u, true)]
    [InlineData("out S 1000+200 => new", 4_294_902_496u, false)]
    public void Error_AboutDataThatNobodyAcknowledged_IsRelated(string script, uint sequence, bool isRelated)
    {
        TrackerHarness harness = new();
        TcpScript.Run(harness, script);
        Decision decision = harness.SendIn(harness.In().PortUnreachable(harness.Out().Tcp(40_000, 5000, TcpFlags.Ack, sequence).Build()));
        Assert.Equal(isRelated ? Reason.Related : Reason.UnrelatedIcmp, decision.Reason);
    }

    [Theory]
    [InlineData(1_000_000_101u, true)]
    [InlineData(1_000_000_102u, false)]
    [InlineData(999_934_001u, true)]
    [InlineData(999_934_000u, false)]
    [InlineData(1_001u, false)]
    public void ErrorThatLeaves_GoesByTheNumbersOfTheRemoteEnd(uint sequence, bool isRelated)
    {
        TrackerHarness harness = new();
        TcpScript.Run(harness, "out S 1000 => new | in SA 1000000000/1001 | out A 1001/1000000001 | in PA 1000000001+100/1001");
        Decision decision = harness.SendOut(harness.Out().PortUnreachable(harness.In().Tcp(5000, 40_000, TcpFlags.Ack, sequence).Build()));
        Assert.Equal(isRelated ? Reason.Related : Reason.UnrelatedIcmp, decision.Reason);
    }

    [Fact]
    public void Error_AboutAConnectionKeptUntilIdle_IsRelatedWhateverTheRules()
    {
        ConnectionTrackingOptions options = new() { MaxConnections = 64, EstablishedConnections = EstablishedConnections.KeepUntilIdle };
        TrackerHarness harness = Opened(false, h => h.Out().Udp(4000, 53), options);
        harness.Rules.Replace((_, _) => false);
        Assert.Equal(Reason.Related, harness.SendIn(harness.In().PortUnreachable(harness.Out().Udp(4000, 53).Build())).Reason);
    }

    [Theory]
    [InlineData(false, 0, true)]
    [InlineData(false, 1, false)]
    [InlineData(false, 67, false)]
    [InlineData(false, 68, true)]
    [InlineData(true, 1279, false)]
    [InlineData(true, 1280, true)]
    public void I14_PacketTooBig_NeedsAnMtuThatALinkCanHave(bool isIPv6, uint mtu, bool isRelated)
    {
        TrackerHarness harness = Opened(isIPv6, h => h.Out().Udp(4000, 53));
        Decision decision = harness.SendIn(harness.In().PacketTooBig(harness.Out().Udp(4000, 53).Build(), mtu));
        Assert.Equal(isRelated ? Reason.Related : Reason.UnrelatedIcmp, decision.Reason);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void I16_SourceQuenchAndRedirect_AreDenied(int type)
    {
        TrackerHarness harness = Opened(false, h => h.Out().Udp(4000, 53));
        Assert.Equal(Reason.UnrelatedIcmp, harness.SendIn(harness.In().IcmpError(type, 0, harness.Out().Udp(4000, 53).Build())).Reason);
    }

    [Fact]
    public void S28_ErrorAboutAQuery_IsRelated()
    {
        TrackerHarness harness = Opened(false, h => h.Out().EchoRequest(7));
        Assert.Equal(Reason.Related, harness.SendIn(harness.In().IcmpError(3, 0, harness.Out().EchoRequest(7).Build())).Reason);
        Assert.Equal(Reason.UnrelatedIcmp, harness.SendIn(harness.In().IcmpError(3, 0, harness.Out().EchoRequest(8).Build())).Reason);
    }

    [Fact]
    public void Errors_BeyondTheRate_AreDeniedAndUnrelatedOnesCostNothing()
    {
        TrackerHarness harness = Opened(false, h => h.Out().Udp(4000, 53), new ConnectionTrackingOptions { MaxConnections = 64, IcmpErrorsPerSecond = 2 });
        byte[] error = harness.In().PortUnreachable(harness.Out().Udp(4000, 53).Build()).Build();
        byte[] unrelated = harness.In().PortUnreachable(harness.Out().Udp(4001, 53).Build()).Build();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(Reason.UnrelatedIcmp, harness.Send(Direction.Ingress, unrelated).Reason);
            Assert.Equal(Reason.Related, harness.Send(Direction.Ingress, error, commit: false).Reason);
            Assert.Equal(Reason.Related, harness.Send(Direction.Ingress, error).Reason);
        }

        Assert.Equal(Reason.IcmpRateLimit, harness.Send(Direction.Ingress, error).Reason);
        harness.Wait(0.5);
        Assert.Equal(Reason.Related, harness.Send(Direction.Ingress, error).Reason);
        Assert.Equal(Reason.IcmpRateLimit, harness.Send(Direction.Ingress, error).Reason);
        harness.Wait(-100);
        Assert.Equal(Reason.Related, harness.Send(Direction.Ingress, error).Reason);
    }

    [Fact]
    public void Errors_WithTheRateSwitchedOff_ArePassedAtAnyRate()
    {
        TrackerHarness harness = Opened(false, h => h.Out().Udp(4000, 53), new ConnectionTrackingOptions { MaxConnections = 64, IcmpErrorsPerSecond = 0 });
        byte[] error = harness.In().PortUnreachable(harness.Out().Udp(4000, 53).Build()).Build();
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(Reason.Related, harness.Send(Direction.Ingress, error).Reason);
        }
    }

    [Fact]
    public void Errors_InARetiredZone_HaveNoRate()
    {
        TrackerHarness harness = Opened(false, h => h.Out().Udp(4000, 53));
        harness.Tracker.RetireZone(harness.Zone, harness.Now);
        Assert.Equal(Reason.Related, harness.SendIn(harness.In().PortUnreachable(harness.Out().Udp(4000, 53).Build())).Reason);
    }

    private static TrackerHarness Opened(bool isIPv6, Func<TrackerHarness, PacketBuilder> first, ConnectionTrackingOptions? options = null)
    {
        TrackerHarness harness = new(isIPv6, options);
        harness.Rules.Replace(TestRules.EgressOnly);
        Assert.Equal(Reason.MatchedRule, harness.SendOut(first(harness)).Reason);
        return harness;
    }
}
