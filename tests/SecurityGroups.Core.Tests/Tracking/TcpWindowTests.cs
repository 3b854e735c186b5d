using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>The four bounds of the window check at their edges, and what an accepted segment leaves behind.</summary>
public sealed class TcpWindowTests
{
    // The initiator sent up to 1000 and may send up to 9000; the responder sent up to 500,000 and may send up to 520,000.
    private static readonly ConnectionEntry s_established = new()
    {
        Initiator = new TcpSide { End = 1_000, MaxEnd = 9_000, MaxAcknowledgment = 500_000, HasAcknowledged = true, MaxWindow = 20_000 },
        Responder = new TcpSide { End = 500_000, MaxEnd = 520_000, MaxAcknowledgment = 1_000, HasAcknowledged = true, MaxWindow = 8_000 },
    };

    [Theory]
    [InlineData(9_000u, 1u, Reason.Established)]
    [InlineData(9_001u, 0u, Reason.OutOfWindow)]
    [InlineData(9_000u, 50_000u, Reason.Established)]
    public void Check_Sequence_IsAtMostTheRightEdge(uint sequence, uint octets, Reason reason) =>
        Assert.Equal(reason, Check(Ack(sequence, octets, 500_000)));

    [Theory]
    [InlineData(unchecked((uint)-7_000), Reason.Established)]
    [InlineData(unchecked((uint)-7_001), Reason.PassIgnored)]
    public void Check_End_IsAtLeastAWindowBelowWhatWasSent(uint end, Reason reason) => Assert.Equal(reason, Check(Ack(end - 10, 10, 500_000)));

    [Theory]
    [InlineData(500_000u, Reason.Established)]
    [InlineData(500_001u, Reason.InvalidAcknowledgment)]
    public void Check_Acknowledgment_IsAtMostWhatWasSent(uint acknowledgment, Reason reason) => Assert.Equal(reason, Check(Ack(1_000, 0, acknowledgment)));

    [Theory]
    [InlineData(434_000u, 20_000u, Reason.Established)]
    [InlineData(433_999u, 20_000u, Reason.PassIgnored)]
    [InlineData(430_000u, 70_000u, Reason.Established)]
    [InlineData(429_999u, 70_000u, Reason.PassIgnored)]
    public void Check_Acknowledgment_LagsByTheLargestWindowAtMost(uint acknowledgment, uint window, Reason reason)
    {
        ConnectionEntry entry = s_established;
        entry.Initiator.MaxWindow = window;
        Assert.Equal(reason, Check(Ack(1_000, 0, acknowledgment), entry));
    }

    [Theory]
    [InlineData(true, 500_001u, Reason.InvalidAcknowledgment)]
    [InlineData(true, 500_000u, Reason.Established)]
    [InlineData(false, 500_001u, Reason.Established)]
    public void Check_SackEdge_CountsIfItsReceiverOfferedIt(bool isPermitted, uint edge, Reason reason)
    {
        ConnectionEntry entry = s_established;
        entry.Responder.IsSackPermitted = isPermitted;
        ParsedPacket packet = Ack(1_000, 0, 499_000);
        packet.TcpSackHighest = edge;
        packet.Traits |= PacketTraits.Sack;
        Assert.Equal(reason, Check(packet, entry));
    }

    [Fact]
    public void Check_SackEdge_WidensTheWindowByWhatItSkips()
    {
        ConnectionEntry entry = s_established;
        entry.Responder.IsSackPermitted = true;
        ParsedPacket packet = Ack(1_000, 0, 499_000, window: 30_000);
        packet.TcpSackHighest = 499_600;
        packet.Traits |= PacketTraits.Sack;
        ConnectionEntry after = Advance(packet, entry);
        Assert.Equal((30_600u, 529_600u, 500_000u), (after.Initiator.MaxWindow, after.Responder.MaxEnd, after.Initiator.MaxAcknowledgment));
    }

    [Fact]
    public void Check_WithoutAcknowledgment_IsJudgedAsIfItAcknowledgedEverything()
    {
        ParsedPacket reset = Segment(TcpFlags.Rst, 1_000, 0, 0);
        Assert.Equal(Reason.Established, Check(reset));
        ParsedPacket zero = Segment(TcpFlags.Rst | TcpFlags.Ack, 1_000, 0, 0);
        Assert.Equal(Reason.Established, Check(zero));
        ConnectionEntry after = Advance(reset, s_established);
        Assert.Equal((500_000u, 20_000u), (after.Initiator.MaxAcknowledgment, after.Initiator.MaxWindow));
    }

    [Fact]
    public void Check_Data_MovesTheSendersEndAndTheReceiversEdge()
    {
        ConnectionEntry after = Advance(Ack(1_000, 100, 500_000, window: 30_000), s_established, out ConnectionState state);
        Assert.Equal((1_100u, 9_000u, 30_000u), (after.Initiator.End, after.Initiator.MaxEnd, after.Initiator.MaxWindow));
        Assert.Equal((500_000u, 530_000u, 8_000u), (after.Responder.End, after.Responder.MaxEnd, after.Responder.MaxWindow));
        Assert.True(state.IsUnacknowledged && state.IsLastFromInitiator && !state.IsZeroWindow);
    }

    [Fact]
    public void Check_SmallerWindow_TakesNothingBack()
    {
        ConnectionEntry after = Advance(Ack(1_000, 0, 500_000, window: 10), s_established);
        Assert.Equal((20_000u, 520_000u), (after.Initiator.MaxWindow, after.Responder.MaxEnd));
    }

    [Fact]
    public void Check_ZeroWindow_StillOffersOneOctet()
    {
        ConnectionEntry entry = s_established;
        entry.Responder.MaxEnd = 500_000;
        ConnectionEntry after = Advance(Ack(1_000, 0, 500_000, window: 0), entry, out ConnectionState state);
        Assert.Equal(500_001u, after.Responder.MaxEnd);
        Assert.True(state.IsZeroWindow);
    }

    [Fact]
    public void Check_DataBeyondTheOffer_WidensTheReceiversWindow()
    {
        ConnectionEntry after = Advance(Ack(9_000, 300, 500_000), s_established);
        Assert.Equal((9_300u, 8_300u), (after.Initiator.End, after.Responder.MaxWindow));
    }

    [Fact]
    public void Check_OldAcknowledgment_LeavesTheHighest()
    {
        Assert.Equal(500_000u, Advance(Ack(1_000, 0, 499_999), s_established).Initiator.MaxAcknowledgment);
        ConnectionEntry first = s_established;
        first.Initiator.HasAcknowledged = false;
        ConnectionEntry after = Advance(Ack(1_000, 0, 499_999), first);
        Assert.Equal((499_999u, true), (after.Initiator.MaxAcknowledgment, after.Initiator.HasAcknowledged));
    }

    [Fact]
    public void Check_FullAcknowledgment_ClearsWhatTheOtherEndHadOpen()
    {
        ConnectionState state = Established();
        state.SetUnacknowledged(ofInitiator: false, true);
        ConnectionEntry entry = s_established;
        TcpWindow window = new(ref entry, fromInitiator: true);
        ParsedPacket late = Ack(1_000, 0, 499_999);
        window.Check(new TcpSegment(late), ref state);
        Assert.True(state.IsUnacknowledged);
        ParsedPacket full = Ack(1_000, 0, 500_000);
        window.Check(new TcpSegment(full), ref state);
        Assert.False(state.IsUnacknowledged);
    }

    [Fact]
    public void Check_SameDataAgain_CountsUpToThree()
    {
        ConnectionState state = Established();
        ConnectionEntry entry = Advance(Ack(1_000, 100, 500_000), s_established);
        ParsedPacket again = Ack(1_000, 100, 500_000);
        foreach (int expected in (int[])[1, 2, 3, 3])
        {
            TcpWindow window = new(ref entry, fromInitiator: true);
            window.Check(new TcpSegment(again), ref state);
            Assert.Equal(expected, state.Retransmissions);
        }

        ParsedPacket other = Ack(1_000, 99, 500_000);
        TcpWindow next = new(ref entry, fromInitiator: true);
        next.Check(new TcpSegment(other), ref state);
        Assert.Equal(0, state.Retransmissions);
    }

    [Fact]
    public void Check_Scale_NeedsBothOffers()
    {
        ConnectionState state = Established();
        state.SetScale(ofInitiator: true, 3);
        Assert.Equal(20_000u, Scaled(state).MaxWindow);
        state.SetScale(ofInitiator: false, 0);
        Assert.Equal(80_000u, Scaled(state).MaxWindow);
        state.SetScale(ofInitiator: true, ConnectionState.NoScale);
        Assert.Equal(20_000u, Scaled(state).MaxWindow);
    }

    /// <summary>Its rest is in later fragments: the acknowledgment of whatever the window had room for must pass.</summary>
    [Fact]
    public void Check_FirstFragment_CountsAsFarAsTheReceiverOffered()
    {
        ParsedPacket fragment = Ack(1_000, 100, 500_000);
        fragment.Traits |= PacketTraits.Fragment;
        ConnectionEntry after = Advance(fragment, s_established, out ConnectionState state);
        Assert.Equal((9_000u, false), (after.Initiator.End, state.IsUnacknowledged));
        ParsedPacket beyond = Ack(9_000, 500, 500_000);
        beyond.Traits |= PacketTraits.Fragment;
        Assert.Equal(9_500u, Advance(beyond, s_established).Initiator.End);
    }

    [Theory]
    [InlineData(499_999u, 500_000u, Reason.Established)]
    [InlineData(500_000u, 500_000u, Reason.Established)]
    [InlineData(500_001u, 500_001u, Reason.Established)]
    [InlineData(500_002u, 500_000u, Reason.InvalidAcknowledgment)]
    public void Check_FirstSegmentInTheMiddle_MayAnswerAKeepAlive(uint acknowledgment, uint end, Reason reason)
    {
        ConnectionEntry entry = s_established;
        entry.Initiator = default;
        ConnectionState state = Established();
        state.SetScale(ofInitiator: true, 3);
        state.SetScale(ofInitiator: false, 0);
        TcpWindow window = new(ref entry, fromInitiator: true);
        ParsedPacket packet = Ack(7_000, 100, acknowledgment, window: 1_000);
        Assert.Equal(reason, window.Check(new TcpSegment(packet), ref state));
        (uint, uint, uint, uint) begun = reason == Reason.Established ? (end, 7_100u, 15_100u, 8_000u) : (end, 0u, 0u, 0u);
        Assert.Equal(begun, (window.Receiver.End, window.Sender.End, window.Sender.MaxEnd, window.Sender.MaxWindow));
    }

    [Fact]
    public void Window_OfEitherEnd_ShowsTheEntrysSides()
    {
        foreach (bool fromInitiator in (bool[])[true, false])
        {
            ConnectionEntry entry = default;
            TcpWindow window = new(ref entry, fromInitiator);
            window.Sender.End = 11;
            window.Receiver.End = 22;
            Assert.Equal(fromInitiator ? (11u, 22u) : (22u, 11u), (entry.Initiator.End, entry.Responder.End));
        }
    }

    [Theory]
    [InlineData(9_001u, 10u, 500_000u, true)]
    [InlineData(9_000u, 10u, 500_000u, false)]
    [InlineData(16_990u, 9u, 500_000u, true)]
    [InlineData(16_990u, 10u, 500_000u, false)]
    [InlineData(9_001u, 10u, 500_001u, false)]
    [InlineData(9_001u, 10u, 434_000u, true)]
    [InlineData(9_001u, 10u, 433_999u, false)]
    public void NoteOvershoot_DataShortlyBeyondTheEdge_MovesTheEnd(uint sequence, uint octets, uint acknowledgment, bool isNoted)
    {
        ConnectionEntry entry = s_established;
        TcpWindow window = new(ref entry, fromInitiator: true);
        ParsedPacket packet = Ack(sequence, octets, acknowledgment);
        window.NoteOvershoot(new TcpSegment(packet));
        Assert.Equal(isNoted ? sequence + octets : 1_000, window.Sender.End);
    }

    [Fact]
    public void NoteOvershoot_OfOtherKinds_IsNothing()
    {
        foreach (TcpFlags flags in (TcpFlags[])[TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Rst, TcpFlags.Rst | TcpFlags.Ack])
        {
            ConnectionEntry entry = s_established;
            TcpWindow window = new(ref entry, fromInitiator: true);
            ParsedPacket packet = Segment(flags, 9_001, 10, 500_000);
            window.NoteOvershoot(new TcpSegment(packet));
            Assert.Equal(1_000u, window.Sender.End);
        }

        ConnectionEntry finEntry = s_established;
        TcpWindow fin = new(ref finEntry, fromInitiator: true);
        ParsedPacket last = Segment(TcpFlags.Fin | TcpFlags.Ack, 9_001, 10, 500_000);
        fin.NoteOvershoot(new TcpSegment(last));
        Assert.Equal(9_012u, fin.Sender.End);
    }

    [Fact]
    public void NoteOvershoot_OfAnUnseenReceiver_IsNothing()
    {
        ConnectionEntry entry = s_established;
        entry.Responder.MaxWindow = 0;
        TcpWindow window = new(ref entry, fromInitiator: true);
        ParsedPacket packet = Ack(9_001, 0, 500_000);
        window.NoteOvershoot(new TcpSegment(packet));
        Assert.Equal(1_000u, window.Sender.End);
    }

    private static TcpSide Scaled(ConnectionState state)
    {
        ConnectionEntry entry = s_established;
        TcpWindow window = new(ref entry, fromInitiator: true);
        ParsedPacket packet = Ack(1_000, 0, 500_000, window: 10_000);
        Assert.Equal(Reason.Established, window.Check(new TcpSegment(packet), ref state));
        return window.Sender;
    }

    private static Reason Check(in ParsedPacket packet) => Check(packet, s_established);

    private static Reason Check(in ParsedPacket packet, ConnectionEntry entry)
    {
        ConnectionState state = Established();
        TcpWindow window = new(ref entry, fromInitiator: true);
        return window.Check(new TcpSegment(packet), ref state);
    }

    private static ConnectionEntry Advance(in ParsedPacket packet, in ConnectionEntry entry) => Advance(packet, entry, out _);

    private static ConnectionEntry Advance(in ParsedPacket packet, ConnectionEntry entry, out ConnectionState state)
    {
        state = Established();
        TcpWindow window = new(ref entry, fromInitiator: true);
        Assert.Equal(Reason.Established, window.Check(new TcpSegment(packet), ref state));
        return entry;
    }

    private static ConnectionState Established() => ConnectionState.Create(ConnectionClass.Established, Direction.Egress, 0) with { IsReplied = true };

    private static ParsedPacket Ack(uint sequence, uint octets, uint acknowledgment, ushort window = 20_000) =>
        Segment(TcpFlags.Ack, sequence, octets, acknowledgment, window);

    private static ParsedPacket Segment(TcpFlags flags, uint sequence, uint octets, uint acknowledgment, ushort window = 20_000) => new()
    {
        Kind = PacketKind.IPv4,
        Protocol = ProtocolNumbers.Tcp,
        TcpFlags = flags,
        TcpSequence = sequence,
        TcpPayloadOctets = octets,
        TcpAcknowledgment = acknowledgment,
        TcpWindow = window,
    };
}
