using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public sealed class TimeoutTableTests
{
    // Every idle time another, so that none can stand in for another.
    private static readonly ConnectionTimeouts s_timeouts = new()
    {
        TcpSynSent = Seconds(101),
        TcpSynReceived = Seconds(102),
        TcpEstablished = Seconds(1003),
        TcpFinWait = Seconds(104),
        TcpCloseWait = Seconds(105),
        TcpLastAck = Seconds(106),
        TcpTimeWait = Seconds(107),
        TcpClose = Seconds(108),
        TcpStalled = Seconds(500),
        UdpUnreplied = Seconds(110),
        UdpStream = Seconds(111),
        IcmpQuery = Seconds(112),
        SctpAndDccp = Seconds(113),
        Other = Seconds(114),
    };

    public static TheoryData<byte, long> Classes => new()
    {
        { (byte)ConnectionClass.SynSent, 101_000 },
        { (byte)ConnectionClass.SynSent2, 101_000 },
        { (byte)ConnectionClass.SynReceived, 102_000 },
        { (byte)ConnectionClass.SynReceived2, 102_000 },
        { (byte)ConnectionClass.Established, 1_003_000 },
        { (byte)ConnectionClass.FinWait, 104_000 },
        { (byte)ConnectionClass.CloseWait, 105_000 },
        { (byte)ConnectionClass.LastAck, 106_000 },
        { (byte)ConnectionClass.TimeWait, 107_000 },
        { (byte)ConnectionClass.Close, 108_000 },
        { (byte)ConnectionClass.UdpUnreplied, 110_000 },
        { (byte)ConnectionClass.UdpStream, 111_000 },
        { (byte)ConnectionClass.IcmpQuery, 112_000 },
        { (byte)ConnectionClass.SctpOrDccp, 113_000 },
        { (byte)ConnectionClass.Other, 114_000 },
    };

    [Theory]
    [MemberData(nameof(Classes))]
    public void IsExpired_EachClass_AtItsOwnTime(byte kind, long milliseconds)
    {
        TimeoutTable table = new(s_timeouts);
        ConnectionState state = Replied((ConnectionClass)kind);
        Assert.Equal(milliseconds, table.TimeoutOf(state));
        Assert.False(table.IsExpired(state, 5_000 + milliseconds - 1));
        Assert.True(table.IsExpired(state, 5_000 + milliseconds));
        Assert.Equal((5_000 + milliseconds, 5_000 + milliseconds), (table.ExpiryOf(state, 5_000), table.ExpiryOf(state, 5_077)));
    }

    [Fact]
    public void TimeoutOf_AStalledConnection_IsTheShorterOfBoth()
    {
        TimeoutTable table = new(s_timeouts);
        foreach (ConnectionState stalled in Stalled(ConnectionClass.Established))
        {
            Assert.Equal(500_000, table.TimeoutOf(stalled));
        }

        Assert.All(Stalled(ConnectionClass.FinWait), stalled => Assert.Equal(104_000, table.TimeoutOf(stalled)));
    }

    [Fact]
    public void TimeoutOf_TwoRetransmissions_IsNotStalled()
    {
        ConnectionState state = Replied(ConnectionClass.Established);
        state.Retransmissions = 2;
        Assert.Equal(1_003_000, new TimeoutTable(s_timeouts).TimeoutOf(state));
    }

    [Fact]
    public void TimeoutOf_AnUnansweredConnection_IsStalledOnlyIfEstablished()
    {
        TimeoutTable table = new(s_timeouts);
        Assert.Equal(500_000, table.TimeoutOf(ConnectionState.Create(ConnectionClass.Established, Direction.Egress, 0)));
        TimeoutTable quick = new(s_timeouts with { TcpStalled = Seconds(1) });
        Assert.Equal(101_000, quick.TimeoutOf(ConnectionState.Create(ConnectionClass.SynSent, Direction.Egress, 0)));
    }

    [Fact]
    public void TimeoutOf_ATombstone_IsNeverTheStalledOne()
    {
        TimeoutTable table = new(s_timeouts);
        foreach (ConnectionState stalled in Stalled(ConnectionClass.Established))
        {
            ConnectionState tombstone = stalled;
            tombstone.IsRevoked = true;
            Assert.Equal(1_003_000, table.TimeoutOf(tombstone));
        }
    }

    private static List<ConnectionState> Stalled(ConnectionClass kind)
    {
        ConnectionState unacknowledged = Replied(kind);
        unacknowledged.SetUnacknowledged(true, true);
        ConnectionState unacknowledgedToo = Replied(kind);
        unacknowledgedToo.SetUnacknowledged(false, true);
        ConnectionState zeroWindow = Replied(kind);
        zeroWindow.IsZeroWindow = true;
        ConnectionState retransmitting = Replied(kind);
        retransmitting.Retransmissions = 3;
        return [unacknowledged, unacknowledgedToo, zeroWindow, retransmitting];
    }

    private static ConnectionState Replied(ConnectionClass kind) => ConnectionState.Create(kind, Direction.Egress, 5_000) with { IsReplied = true };

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
