namespace SecurityGroups.Tracking;

/// <summary>What a reset does to its connection: it counts only if its sender proves to know the connection (RFC 5961, 3.2).</summary>
internal static class TcpReset
{
    /// <summary>Judges a reset; <paramref name="next"/> is the state that the table gives for it, <paramref name="entry"/> a copy.</summary>
    public static TrackResult Advance(
        ConnectionEntry entry, TcpHint hint, ref ConnectionState state, TcpSegment segment, ConnectionClass next,
        bool fromInitiator, long now, WindowCheck check)
    {
        TcpWindow window = new(ref entry, fromInitiator);
        Reason reason = state.HasHint && !fromInitiator && RefusesHint(hint, segment) ? Reason.Established
            : state.Class == ConnectionClass.SynSent ? BeforeAnswer(segment, fromInitiator, window)
            : Proof(segment, fromInitiator, window, state);
        if (reason == Reason.InvalidReset)
        {
            return check == WindowCheck.Enforce
                ? TrackResult.Deny(Reason.InvalidReset)
                : TrackResult.Ignored.Tolerated(check == WindowCheck.Log);
        }

        if (reason == Reason.PassIgnored || next == ConnectionClass.TimeWait)
        {
            // Within the window the receiver answers with a challenge. In TIME-WAIT it ignores resets (RFC 1337): neither ended nor prolonged.
            return TrackResult.Ignored;
        }

        if (state.IsReplied)
        {
            TcpTracking.Enter(ref state, next, fromInitiator, now);
            state.IsAssured = false;
        }
        else
        {
            // Refused or abandoned before it began: no late segment of it can follow.
            state.Kill(ConnectionEnd.Reset, now);
        }

        return TrackResult.Allow(Reason.Established);
    }

    // The SYN that was let pass is refused: both ends agree that there is no connection.
    private static bool RefusesHint(TcpHint hint, TcpSegment segment) =>
        segment.HasAckFlag && segment.Acknowledgment == hint.Number;

    /// <summary>
    /// In SYN-SENT the responder's reset must acknowledge the SYN (RFC 9293, 3.10.7.3); with data on the SYN, any part of it. The initiator
    /// gives up at its own next number; with any other it is a blind attack, or answers a stale segment of the responder (half-open, RFC 9293,
    /// 3.5.1): that one must pass, and the SYN stands.
    /// </summary>
    private static Reason BeforeAnswer(TcpSegment segment, bool fromInitiator, in TcpWindow window)
    {
        if (fromInitiator)
        {
            return segment.Sequence == window.Sender.End ? Reason.Established : Reason.PassIgnored;
        }

        return window.AnswersSyn(segment) ? Reason.Established : Reason.InvalidReset;
    }

    /// <summary>
    /// While established: exactly the next octet that its receiver expects, or the end of what its sender just sent (a reset behind data that
    /// is still under way). Otherwise a place in the window. Where the windows are not known it passes, for its receiver to judge.
    /// What a reset carries is no part of the stream: it is checked on a copy.
    /// </summary>
    private static Reason Proof(TcpSegment segment, bool fromInitiator, TcpWindow window, ConnectionState state)
    {
        bool isTooOld = window.Receiver.HasAcknowledged && SequenceNumber.IsBefore(segment.Sequence, window.Receiver.MaxAcknowledgment);
        if (state.IsLiberal && !state.IsReplied && !isTooOld)
        {
            // Joined and never answered: nothing is known that a reset could be held against, and nothing is lost.
            return Reason.Established;
        }

        bool passesUnknown = state.IsLiberal && !isTooOld;
        bool mustBeExact = state is { Class: ConnectionClass.Established, IsReplied: true } && window.Receiver.HasAcknowledged;
        bool isExact = segment.Sequence == window.Receiver.MaxAcknowledgment
            || (segment.Sequence == window.Sender.End && state.IsLastFromInitiator == fromInitiator);
        return (isTooOld ? Reason.InvalidReset : window.Check(segment, ref state)) switch
        {
            Reason.Established => mustBeExact && !isExact ? Reason.PassIgnored : Reason.Established,
            Reason.PassIgnored => Reason.PassIgnored,
            _ => passesUnknown || IsLateAnswer(segment, window, state) ? Reason.PassIgnored : Reason.InvalidReset,
        };
    }

    /// <summary>
    /// An end that is gone answers what comes late: an acknowledgment with a reset of that number, a SYN with number 0 and an acknowledgment
    /// (RFC 9293, 3.10.7.1). Its receiver ignores both, being outside the window. Only once the connection is closing; before, no end is
    /// gone (behaviour E12).
    /// </summary>
    private static bool IsLateAnswer(TcpSegment segment, in TcpWindow window, ConnectionState state)
    {
        uint late = window.Receiver.MaxAcknowledgment - segment.Sequence;
        return state.Class is ConnectionClass.FinWait or ConnectionClass.CloseWait or ConnectionClass.LastAck or ConnectionClass.TimeWait or ConnectionClass.Close
            && (late <= window.Receiver.Lag || (segment.Sequence == 0 && window.AcknowledgesRecent(segment)));
    }
}
