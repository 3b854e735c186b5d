using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>What a TCP segment does to its connection: state table, sequence window, resets (RFC 9293, RFC 5961, Linux conntrack).</summary>
/// <remarks>
/// A segment that is refused, or passes as ignored, changes neither state nor timers: otherwise an attacker who sees nothing of the
/// connection could shorten or prolong its life.
/// </remarks>
internal static class TcpTracking
{
    /// <summary>Fills the entry of a connection that this segment opens: a SYN, or with pick-up a segment from the middle.</summary>
    public static ConnectionState Open(ref ConnectionEntry entry, in ParsedPacket packet, Direction direction, long now)
    {
        TcpSegment segment = new(packet);
        bool isSyn = segment.Kind == TcpSegmentKind.Syn;
        ConnectionState state = ConnectionState.Create(isSyn ? ConnectionClass.SynSent : ConnectionClass.Established, direction, now);
        TcpWindow window = new(entry, fromInitiator: true);
        window.Check(segment, packet, ref state);
        if (!isSyn)
        {
            // The SYNs were not seen: the scale is unknown (RFC 6092 REC-32) and SACK may be in use.
            state.IsLiberal = true;
            window.Sender.IsSackPermitted = window.Receiver.IsSackPermitted = true;
        }

        window.Store(ref entry);
        return state;
    }

    /// <summary>Judges a segment of a live connection and advances it. A SYN that uses a closed five-tuple anew kills the state: not found.</summary>
    public static TrackResult Advance(ref ConnectionEntry entry, ref ConnectionState state, in ParsedPacket packet, Direction direction, long now, WindowCheck check)
    {
        TcpSegment segment = new(packet);
        bool fromInitiator = direction == state.Original;
        ConnectionClass next = TcpStates.Next(fromInitiator, segment.Kind, state.Class);
        switch (next)
        {
            case TcpStates.Invalid or TcpStates.Ignore when state.Class == ConnectionClass.SynSent && !fromInitiator && TryNoteEarly(ref entry, segment):
                return new TrackResult(true, Verdict.Allow, Reason.PassIgnored);
            case TcpStates.Invalid:
                return new TrackResult(true, Verdict.Deny, Reason.InvalidState);
            case TcpStates.Ignore:
                return new TrackResult(true, Verdict.Allow, Reason.PassIgnored);
            case ConnectionClass.SynSent when state.Class is ConnectionClass.TimeWait or ConnectionClass.Close:
                state.Kill(ConnectionEnd.Replaced, now);
                return default;
        }

        return segment.Kind == TcpSegmentKind.Rst
            ? Reset(ref entry, ref state, segment, packet, next, fromInitiator, now, check)
            : Segment(ref entry, ref state, segment, packet, next, fromInitiator, now, check);
    }

    /// <summary>
    /// With fast open the responder's data may overtake its SYN-ACK. They prove to know the SYN as well as that does; how far they reach is
    /// noted, or their acknowledgments would be refused for ever and the connection hang. Linux notes nothing.
    /// </summary>
    private static bool TryNoteEarly(ref ConnectionEntry entry, in TcpSegment segment)
    {
        TcpWindow window = new(entry, fromInitiator: false);
        bool isEarly = window.AnswersSyn(segment);
        if (isEarly)
        {
            window.NoteEarly(segment);
            window.Store(ref entry);
        }

        return isEarly;
    }

    private static TrackResult Segment(
        ref ConnectionEntry entry, ref ConnectionState state, in TcpSegment segment, in ParsedPacket packet, ConnectionClass next, bool fromInitiator, long now,
        WindowCheck check)
    {
        TcpWindow window = new(entry, fromInitiator);
        ConnectionState advanced = state;
        Reason reason = window.Check(segment, packet, ref advanced);
        if (reason == Reason.Established)
        {
            window.Store(ref entry);
            state = advanced;
        }
        else if (!Tolerates(ref entry, state, segment, fromInitiator, check, reason, out TrackResult refused))
        {
            return refused;
        }

        Enter(ref state, next, fromInitiator, now);
        bool isTolerated = check == WindowCheck.Log && !state.IsLiberal && reason != Reason.Established;
        return new TrackResult(true, Verdict.Allow, Reason.Established) { IsTolerated = isTolerated };
    }

    /// <summary>Whether a segment outside the window moves the connection nevertheless, by its mode or because its windows are not known.</summary>
    private static bool Tolerates(
        ref ConnectionEntry entry, ConnectionState state, in TcpSegment segment, bool fromInitiator, WindowCheck check, Reason reason, out TrackResult refused)
    {
        if (reason == Reason.PassIgnored)
        {
            refused = new TrackResult(true, Verdict.Allow, Reason.PassIgnored);
            return check == WindowCheck.Off;
        }

        NoteOvershoot(ref entry, segment, fromInitiator);
        refused = new TrackResult(true, Verdict.Deny, reason);
        return check != WindowCheck.Enforce || state.IsLiberal;
    }

    private static void NoteOvershoot(ref ConnectionEntry entry, in TcpSegment segment, bool fromInitiator)
    {
        TcpWindow window = new(entry, fromInitiator);
        if (window.TryNoteOvershoot(segment))
        {
            window.Store(ref entry);
        }
    }

    private static void Enter(ref ConnectionState state, ConnectionClass next, bool fromInitiator, long now)
    {
        if (next == ConnectionClass.Established && state.Class is ConnectionClass.Established or ConnectionClass.SynReceived or ConnectionClass.SynReceived2
            && (state.IsReplied || !fromInitiator))
        {
            state.IsAssured = true;
        }

        state.Class = next;
        if (!fromInitiator)
        {
            state.IsReplied = true;
        }

        state.Touch(now);
    }

    /// <summary>A reset counts only if its sender proves to know the connection (RFC 5961, 3.2).</summary>
    private static TrackResult Reset(
        ref ConnectionEntry entry, ref ConnectionState state, in TcpSegment segment, in ParsedPacket packet, ConnectionClass next, bool fromInitiator, long now,
        WindowCheck check)
    {
        TcpWindow window = new(entry, fromInitiator);
        ConnectionState advanced = state;
        Reason reason = state.Class != ConnectionClass.SynSent ? Proof(segment, packet, fromInitiator, ref window, ref advanced)
            : fromInitiator ? Withdrawal(segment, window)
            : window.AnswersSyn(segment) ? Reason.Established : Reason.InvalidReset;
        if (reason == Reason.InvalidReset)
        {
            return check == WindowCheck.Enforce
                ? new TrackResult(true, Verdict.Deny, Reason.InvalidReset)
                : new TrackResult(true, Verdict.Allow, Reason.PassIgnored) { IsTolerated = check == WindowCheck.Log };
        }

        if (reason == Reason.PassIgnored || next == ConnectionClass.TimeWait)
        {
            // Within the window the receiver answers with a challenge. In TIME-WAIT it ignores resets (RFC 1337): neither ended nor prolonged.
            return new TrackResult(true, Verdict.Allow, Reason.PassIgnored);
        }

        if (state.IsReplied)
        {
            window.Store(ref entry);
            state = advanced;
            Enter(ref state, next, fromInitiator, now);
            state.IsAssured = false;
        }
        else
        {
            // Refused or abandoned before it began: no late segment of it can follow.
            state.Kill(ConnectionEnd.Reset, now);
        }

        return new TrackResult(true, Verdict.Allow, Reason.Established);
    }

    /// <summary>
    /// The initiator gives its unanswered SYN up with the number behind it. A reset with any other number is a blind attack on an attempt to
    /// connect, or answers a stale segment of the responder (half-open, RFC 9293, 3.10.7.3): that one must pass, and the SYN stands.
    /// </summary>
    private static Reason Withdrawal(in TcpSegment segment, in TcpWindow window) =>
        segment.Sequence == window.Sender.End ? Reason.Established : Reason.PassIgnored;

    /// <summary>
    /// While established: exactly the next octet that its receiver expects, or the end of what its sender just sent (a reset behind data that
    /// is still under way). Otherwise a place in the window.
    /// </summary>
    private static Reason Proof(in TcpSegment segment, in ParsedPacket packet, bool fromInitiator, ref TcpWindow window, ref ConnectionState state)
    {
        bool isTooOld = window.Receiver.HasAcknowledged && SequenceNumber.IsBefore(segment.Sequence, window.Receiver.MaxAcknowledgment);
        bool mustBeExact = state.Class == ConnectionClass.Established && window.Receiver.HasAcknowledged;
        bool isExact = segment.Sequence == window.Receiver.MaxAcknowledgment
            || (segment.Sequence == window.Sender.End && state.IsLastFromInitiator == fromInitiator);
        return (isTooOld ? Reason.InvalidReset : window.Check(segment, packet, ref state)) switch
        {
            Reason.Established => mustBeExact && !isExact ? Reason.PassIgnored : Reason.Established,
            Reason.PassIgnored => Reason.PassIgnored,
            _ => IsLateAnswer(segment, window, state) ? Reason.PassIgnored : Reason.InvalidReset,
        };
    }

    /// <summary>
    /// An end that is gone answers what comes late: an acknowledgment with a reset of that number, a SYN with number 0 and an acknowledgment
    /// (RFC 9293, 3.10.7.1). Its receiver ignores both, being outside the window. Only once the connection is closing; before, no end is
    /// gone (behaviour E12).
    /// </summary>
    private static bool IsLateAnswer(in TcpSegment segment, in TcpWindow window, ConnectionState state)
    {
        uint late = window.Receiver.MaxAcknowledgment - segment.Sequence;
        return state.Class is ConnectionClass.FinWait or ConnectionClass.CloseWait or ConnectionClass.LastAck or ConnectionClass.TimeWait or ConnectionClass.Close
            && (late <= window.Receiver.Lag || (segment.Sequence == 0 && window.AcknowledgesRecent(segment)));
    }
}
