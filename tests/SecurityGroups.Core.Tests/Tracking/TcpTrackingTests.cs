using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>What verdicts do not show at once: which connections are assured, and what is known of one that was joined.</summary>
public sealed class TcpTrackingTests
{
    [Fact]
    public void Enter_AssuresWhoseHandshakeWasCompleted()
    {
        (ConnectionClass Before, ConnectionClass Next, bool FromInitiator, bool IsReplied, bool IsAssured)[] rows =
        [
            (ConnectionClass.SynReceived, ConnectionClass.Established, true, true, true),
            (ConnectionClass.SynReceived2, ConnectionClass.Established, true, true, true),
            (ConnectionClass.Established, ConnectionClass.Established, true, true, true),
            (ConnectionClass.Established, ConnectionClass.Established, false, false, true),
            (ConnectionClass.Established, ConnectionClass.Established, true, false, false),
            (ConnectionClass.SynSent, ConnectionClass.SynReceived, false, false, false),
            (ConnectionClass.SynReceived, ConnectionClass.FinWait, true, true, false),
            (ConnectionClass.SynSent, ConnectionClass.SynSent2, false, false, false),
            (ConnectionClass.SynSent2, ConnectionClass.SynReceived2, false, true, false),
            (ConnectionClass.Established, ConnectionClass.FinWait, false, true, false),
        ];
        foreach ((ConnectionClass before, ConnectionClass next, bool fromInitiator, bool isReplied, bool isAssured) in rows)
        {
            ConnectionState state = ConnectionState.Create(before, Direction.Egress, 100) with { IsReplied = isReplied };
            TcpTracking.Enter(ref state, next, fromInitiator, 150);
            Assert.Equal((next, isAssured, isReplied || !fromInitiator, 0L), (state.Class, state.IsAssured, state.IsReplied, state.IdleMilliseconds(150)));
        }
    }

    [Fact]
    public void Advance_SynOnAClosedTuple_IsFoundAndUsesItAnew()
    {
        ConnectionEntry entry = default;
        TcpHint hint = default;
        ConnectionState state = ConnectionState.Create(ConnectionClass.Close, Direction.Egress, 100);
        ParsedPacket syn = new() { TcpFlags = TcpFlags.Syn, TcpSequence = 5_000 };
        TrackResult result = TcpTracking.Advance(
            ref entry, ref hint, ref state, syn, Direction.Egress, 100, new TrackingModes(EstablishedConnections.Revalidate, PickUp.Strict, WindowCheck.Enforce, false, 0));
        Assert.Equal((true, true, Verdict.Deny), (result.Found, result.IsReuse, result.Verdict));
    }

    [Fact]
    public void Open_FromTheMiddle_ExpectsSackAndUnknownScale()
    {
        ConnectionEntry entry = default;
        ParsedPacket packet = new() { TcpFlags = TcpFlags.Ack, TcpSequence = 5_000, TcpAcknowledgment = 1_000, TcpWindow = 300 };
        ConnectionState state = TcpTracking.Open(ref entry, new TcpSegment(packet), Direction.Ingress, 100);
        Assert.Equal((ConnectionClass.Established, true, false), (state.Class, state.IsLiberal, state.IsAssured));
        Assert.True(entry.Initiator.IsSackPermitted && entry.Responder.IsSackPermitted);
        Assert.Equal((5_000u, 5_300u, 1_000u, 1_300u), (entry.Initiator.End, entry.Initiator.MaxEnd, entry.Responder.End, entry.Responder.MaxEnd));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reset_OfAnAssuredConnection_LeavesItUnassured(bool fromInitiator)
    {
        TcpSide side = new() { End = 1_000, MaxEnd = 9_000, MaxAcknowledgment = 1_000, HasAcknowledged = true, MaxWindow = 8_000 };
        ConnectionEntry entry = new() { Initiator = side, Responder = side };
        ConnectionState state = ConnectionState.Create(ConnectionClass.Established, Direction.Egress, 100) with { IsReplied = true, IsAssured = true };
        ParsedPacket reset = new() { TcpFlags = TcpFlags.Rst, TcpSequence = 1_000 };
        TrackResult result = TcpReset.Advance(
            entry, default, ref state, new TcpSegment(reset), ConnectionClass.Close, fromInitiator, 100, WindowCheck.Enforce);
        Assert.Equal((Reason.Established, ConnectionClass.Close, false), (result.Reason, state.Class, state.IsAssured));
    }
}
