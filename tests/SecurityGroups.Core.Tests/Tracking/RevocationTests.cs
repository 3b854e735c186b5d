using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Tracking;

/// <summary>Connections whose rules change: scenario S30 to S33 and the tombstones of decisions.md.</summary>
public class RevocationTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void S30_RevokedConnection_StaysDeniedInBothDirections(bool isTcp, bool withEgressAll)
    {
        foreach (PickUp pickUp in Enum.GetValues<PickUp>())
        {
            TrackerHarness harness = Open(isTcp, new ConnectionTrackingOptions { MaxConnections = 64, PickUp = pickUp });
            harness.Rules.Replace((direction, _) => withEgressAll && direction == Direction.Egress);
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(Decision.Deny(Reason.PolicyRevoked), harness.SendIn(Data(harness.In(), isTcp, toRemote: false)));
                Assert.Equal(Decision.Deny(Reason.PolicyRevoked), harness.SendOut(Data(harness.Out(), isTcp, toRemote: true)));
            }

            Assert.Equal(1, harness.Tracker.Count);
        }
    }

    [Fact]
    public void S31_KeepUntilIdle_AsksNoRules()
    {
        TrackerHarness harness = Open(isTcp: true, new ConnectionTrackingOptions { MaxConnections = 64, EstablishedConnections = EstablishedConnections.KeepUntilIdle });
        harness.Rules.Replace((_, _) => false);
        int questions = harness.Rules.Questions;
        Assert.Equal(Reason.Established, harness.SendIn(Data(harness.In(), true, false)).Reason);
        Assert.Equal(questions, harness.Rules.Questions);
    }

    [Fact]
    public void P02_P03_RuleBackOrWider_TheConnectionGoesOn()
    {
        TrackerHarness harness = Open(isTcp: true);
        harness.Rules.Replace((_, _) => false);
        harness.Rules.Replace((_, _) => true);
        Assert.Equal(Reason.Established, harness.SendIn(Data(harness.In(), true, false)).Reason);
    }

    [Fact]
    public void Tombstone_WhoseOriginalDirectionIsAllowedAgain_LivesOn()
    {
        TrackerHarness harness = Open(isTcp: true);
        harness.Rules.Replace((_, _) => false);
        Assert.Equal(Reason.PolicyRevoked, harness.SendIn(Data(harness.In(), true, false)).Reason);
        harness.Rules.Replace(TestRules.IngressSsh);
        Assert.Equal(Reason.Established, harness.SendOut(Data(harness.Out(), true, true)).Reason);
    }

    [Fact]
    public void P04_OnlyTheOriginalDirectionIsAskedAgain()
    {
        TrackerHarness harness = Open(isTcp: true);
        harness.Rules.Replace((direction, _) => direction == Direction.Ingress);
        Assert.Equal(Reason.Established, harness.SendOut(Data(harness.Out(), true, true)).Reason);
    }

    [Fact]
    public void StillAllowed_TheRulesAreAskedOnce()
    {
        TrackerHarness harness = Open(isTcp: true);
        harness.Rules.Replace((_, _) => true);
        int questions = harness.Rules.Questions;
        for (int i = 0; i < 10; i++)
        {
            harness.SendIn(Data(harness.In(), true, false));
        }

        Assert.Equal(questions + 1, harness.Rules.Questions);
    }

    [Fact]
    public void Tombstone_IsJudgedOnceAChange()
    {
        TrackerHarness harness = Open(isTcp: true);
        harness.Rules.Replace((_, _) => false);
        int questions = harness.Rules.Questions;
        for (int i = 0; i < 10; i++)
        {
            harness.SendIn(Data(harness.In(), true, false));
        }

        Assert.Equal(questions + 1, harness.Rules.Questions);
    }

    [Fact]
    public void Tombstone_OfUdp_StaysItsClassesIdleTimeFromTheRevocation()
    {
        TrackerHarness harness = Open(isTcp: false);
        harness.Wait(1);
        harness.Rules.Replace(TestRules.EgressOnly);
        harness.Wait(28);
        Assert.Equal(Reason.PolicyRevoked, harness.SendIn(Data(harness.In(), false, false)).Reason);
        harness.Wait(2);
        Assert.Equal(Reason.PolicyRevoked, harness.SendOut(Data(harness.Out(), false, true)).Reason);
        harness.Wait(27);
        harness.Rules.Replace(TestRules.EgressOnly);
        Assert.Equal(Reason.PolicyRevoked, harness.SendIn(Data(harness.In(), false, false)).Reason);
        harness.Wait(1);
        Assert.Equal(Reason.MatchedRule, harness.SendOut(Data(harness.Out(), false, true)).Reason);
    }

    [Fact]
    public void Tombstone_WithUnacknowledgedData_OutlastsTheRetransmissions()
    {
        TrackerHarness harness = Open(isTcp: true, new ConnectionTrackingOptions { MaxConnections = 64, PickUp = PickUp.Loose });
        TcpScript.Run(harness, "out PA 1001+100/5001 | timeout 300", 22);
        harness.Rules.Replace(TestRules.EgressOnly);
        TcpScript.Run(harness, "wait 10 | out PA 1001+100/5001 => PolicyRevoked | timeout 7440", 22);
        TcpScript.Run(harness, "wait 301 | out PA 1001+100/5001 => PolicyRevoked | in A 5001/1101 => PolicyRevoked | timeout 7139", 22);
        TcpScript.Run(harness, "wait 7138 | out PA 1001+100/5001 => PolicyRevoked | wait 1 | out PA 1001+100/5001 => new", 22);
    }

    [Fact]
    public void Tombstone_IsReplacedByASynThatTheRulesAllow()
    {
        TrackerHarness harness = Open(isTcp: true);
        harness.Rules.Replace(TestRules.EgressOnly);
        Assert.Equal(Reason.PolicyRevoked, harness.SendIn(harness.In().Tcp(5000, 22, TcpFlags.Syn, 9000)).Reason);
        Assert.Equal(Reason.PolicyRevoked, harness.SendOut(Data(harness.Out(), true, true)).Reason);
        Assert.Equal(Reason.MatchedRule, harness.SendOut(harness.Out().Tcp(22, 5000, TcpFlags.Syn, 9000)).Reason);
        Assert.Equal(Reason.Established, harness.SendIn(harness.In().Tcp(5000, 22, TcpFlags.Syn | TcpFlags.Ack, 100, 9001)).Reason);
        Assert.Equal(1, harness.Tracker.Count);
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    [Fact]
    public void ErrorAboutARevokedConnection_IsDenied()
    {
        TrackerHarness harness = Open(isTcp: false);
        harness.Rules.Replace((_, _) => false);
        byte[] error = harness.In().PortUnreachable(Data(harness.Out(), false, true).Build()).Build();
        Assert.Equal(Reason.PolicyRevoked, harness.Send(Direction.Ingress, error).Reason);
        harness.SendIn(Data(harness.In(), false, false));
        Assert.Equal(Reason.PolicyRevoked, harness.Send(Direction.Ingress, error).Reason);
    }

    [Fact]
    public void Explain_ChangesNothing()
    {
        TrackerHarness harness = Open(isTcp: true);
        byte[] packet = Data(harness.In(), true, false).Build();
        harness.Wait(5);
        ConnectionInfo? before = harness.Find(Direction.Ingress, packet);
        Assert.Equal(Reason.Established, harness.Send(Direction.Ingress, packet, commit: false).Reason);
        harness.Rules.Replace((_, _) => false);
        Assert.Equal(Reason.PolicyRevoked, harness.Send(Direction.Ingress, packet, commit: false).Reason);
        Assert.Equal(before, harness.Find(Direction.Ingress, packet));
        harness.Rules.Replace((_, _) => true);
        Assert.Equal(Reason.MatchedRule, harness.Send(Direction.Egress, harness.Out().Udp(1, 2).Build(), commit: false).Reason);
        Assert.Equal(1, harness.Tracker.Count);
        harness.Wait(8000);
        Assert.Equal(Reason.NotSyn, harness.Send(Direction.Ingress, packet, commit: false).Reason);
        Assert.Equal(1, harness.Tracker.Count);
    }

    private static TrackerHarness Open(bool isTcp, ConnectionTrackingOptions? options = null)
    {
        TrackerHarness harness = new(options: options);
        harness.Rules.Replace(TestRules.IngressSsh);
        if (isTcp)
        {
            TcpScript.Run(harness, "in S 5000 => new | out SA 1000/5001 | in A 5001/1001", 22);
        }
        else
        {
            Assert.Equal(Reason.MatchedRule, harness.SendIn(Data(harness.In(), false, false)).Reason);
        }

        return harness;
    }

    private static PacketBuilder Data(PacketBuilder packet, bool isTcp, bool toRemote)
    {
        (int source, int destination) = toRemote ? (22, 5000) : (5000, 22);
        return isTcp ? packet.Tcp(source, destination, TcpFlags.Ack, toRemote ? 1001u : 5001u, toRemote ? 5001u : 1001u) : packet.Udp(source, destination);
    }
}
