using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>The short way of datagrams: what it takes, what it leaves to the whole way, and that it restarts the timer.</summary>
public sealed class DatagramTouchTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TryTouch_OfAnUnansweredConnection_TakesItsOwnDirection(bool isIPv6)
    {
        TrackerHarness harness = Opened(isIPv6: isIPv6);
        harness.Wait(29);
        Assert.True(TryTouch(harness, Direction.Egress));
        Assert.False(TryTouch(harness, Direction.Ingress));
        harness.Wait(29);
        Assert.Equal(29_000, Idle(harness));
        Assert.True(TryTouch(harness, Direction.Egress));
        Assert.Equal(0, Idle(harness));
    }

    [Fact]
    public void TryTouch_OfAnAnsweredOne_TakesIntoAccountThatItMayBecomeAStream()
    {
        TrackerHarness harness = Opened();
        harness.SendIn(harness.In().Udp(53, 4000));
        Assert.False(TryTouch(harness, Direction.Egress));
        Assert.False(TryTouch(harness, Direction.Ingress));
        harness.Wait(2);
        harness.SendOut(harness.Out().Udp(4000, 53));
        Assert.True(TryTouch(harness, Direction.Egress));
        Assert.True(TryTouch(harness, Direction.Ingress));
    }

    [Fact]
    public void TryTouch_AClockThatGoesBack_GoesTheWholeWayAndChangesNothing()
    {
        TrackerHarness harness = Opened();
        Assert.True(TryTouch(harness, Direction.Egress));
        harness.Wait(-5);
        Assert.False(TryTouch(harness, Direction.Egress));
        Assert.Equal(Reason.Established, harness.SendOut(harness.Out().Udp(4000, 53)).Reason);
        harness.Wait(10);
        Assert.Equal(5_000, Idle(harness));
    }

    [Fact]
    public void TryTouch_WhatIsIdleForLong_GoesTheWholeWay()
    {
        TrackerHarness harness = Opened();
        harness.Wait(29.999);
        Assert.True(TryTouch(harness, Direction.Egress));
        harness.Wait(30);
        Assert.False(TryTouch(harness, Direction.Egress));
    }

    // A store of half a time must not meet another half: nothing is touched before the low half turns, nor after it.
    [Theory]
    [InlineData((1L << 32) - (1 << 20) - 2, true)]
    [InlineData((1L << 32) - (1 << 20) - 1, false)]
    [InlineData((1L << 32) - 2, false)]
    [InlineData(1L << 32, true)]
    public void TryTouch_AboutTheTurnOfTheTime(long opened, bool isTaken)
    {
        TrackerHarness harness = Opened(now: opened);
        Assert.Equal(isTaken, TryTouch(harness, Direction.Egress));
    }

    [Fact]
    public void TryTouch_AcrossTheTurn_GoesTheWholeWay()
    {
        TrackerHarness harness = Opened(now: (1L << 32) - 5);
        harness.Now = (1L << 32) + 5;
        Assert.False(TryTouch(harness, Direction.Egress));
        harness.SendOut(harness.Out().Udp(4000, 53));
        Assert.Equal(0, Idle(harness));
        Assert.True(TryTouch(harness, Direction.Egress));
    }

    [Fact]
    public void TryTouch_AfterTheRulesChanged_GoesTheWholeWayOnce()
    {
        TrackerHarness harness = Opened();
        harness.Rules.Replace(TestRules.EgressOnly);
        Assert.False(TryTouch(harness, Direction.Egress));
        Assert.Equal(Reason.Established, harness.SendOut(harness.Out().Udp(4000, 53)).Reason);
        Assert.True(TryTouch(harness, Direction.Egress));
        harness.Rules.Replace((_, _) => false);
        Assert.False(harness.SendOut(harness.Out().Udp(4000, 53)).IsAllowed);
        Assert.False(TryTouch(harness, Direction.Egress));
    }

    [Fact]
    public void TryTouch_WhereOnlyTheInstanceRefreshes_GoesTheWholeWay()
    {
        TrackerHarness harness = Opened();
        harness.Modes = harness.Modes with { RefreshOnEgressOnly = true };
        Assert.False(TryTouch(harness, Direction.Egress));
    }

    [Fact]
    public void TryTouch_WhereTrafficIsCounted_GoesTheWholeWay() =>
        Assert.False(TryTouch(Opened(new ConnectionTrackingOptions { MaxConnections = 8, CountTraffic = true }), Direction.Egress));

    [Fact]
    public void TryTouch_WithoutConnection_FindsNothing()
    {
        TrackerHarness harness = Opened();
        FlowKey other = harness.KeyOf(Direction.Egress, harness.Out().Udp(4001, 53));
        Assert.False(harness.TryTouch(other, Direction.Egress));
    }

    // Another thread works on the connection: whoever needs it waits for the lock, on the whole way.
    [Fact]
    public void TryTouch_OfALockedConnection_GoesTheWholeWay()
    {
        TrackerHarness harness = Opened();
        Assert.True(ConnectionTable.TryLock(ref harness.Tracker.Table[0], out ConnectionState state));
        Assert.False(TryTouch(harness, Direction.Egress));
        harness.Tracker.Table.Unlock(0, state);
        Assert.True(TryTouch(harness, Direction.Egress));
    }

    private static TrackerHarness Opened(ConnectionTrackingOptions? options = null, bool isIPv6 = false, long now = 1_000_000)
    {
        TrackerHarness harness = new(isIPv6, options) { Now = now };
        Assert.Equal(Reason.MatchedRule, harness.SendOut(harness.Out().Udp(4000, 53)).Reason);
        return harness;
    }

    private static bool TryTouch(TrackerHarness harness, Direction direction) =>
        harness.TryTouch(harness.KeyOf(Direction.Egress, harness.Out().Udp(4000, 53)), direction);

    private static long Idle(TrackerHarness harness) =>
        (long)harness.Find(Direction.Egress, harness.Out().Udp(4000, 53))!.Idle.TotalMilliseconds;
}
