using System.Runtime.CompilerServices;
using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>What a TCP segment does to its connection: state table and sequence window (RFC 9293, RFC 5961, Linux conntrack).</summary>
/// <remarks>
/// A segment that is refused, or passes as ignored, changes neither state nor timers: otherwise an attacker who sees nothing of the
/// connection could shorten or prolong its life. At most a <see cref="TcpHint"/> of it is kept.
/// </remarks>
internal static class TcpTracking
{
    /// <summary>Fills the entry of a connection that this segment opens: a SYN, or with pick-up a segment from the middle.</summary>
    public static ConnectionState Open(ref ConnectionEntry entry, TcpSegment segment, Direction direction, long now)
    {
        bool isSyn = segment.Kind == TcpSegmentKind.Syn;
        ConnectionState state = ConnectionState.Create(isSyn ? ConnectionClass.SynSent : ConnectionClass.Established, direction, now);
        if (isSyn)
        {
            TcpWindow.Begin(segment, ref entry.Initiator, ref entry.Responder, fromInitiator: true, ref state);
        }
        else
        {
            PickUp(ref entry, segment, ref state);
        }

        return state;
    }

    // The SYNs were not seen: the scale is unknown (RFC 6092 REC-32) and SACK may be in use.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PickUp(ref ConnectionEntry entry, TcpSegment segment, ref ConnectionState state)
    {
        TcpWindow window = new(ref entry, fromInitiator: true);
        window.Check(segment, ref state);
        state.IsLiberal = true;
        window.Sender.IsSackPermitted = window.Receiver.IsSackPermitted = true;
    }

    /// <summary>Judges a segment of a live connection and advances it. A SYN that would use a closed five-tuple anew: <see cref="TrackResult.IsReuse"/>.</summary>
    public static TrackResult Advance(
        ref ConnectionEntry entry, ref TcpHint hint, ref ConnectionState state, in ParsedPacket packet, Direction direction, long now, in TrackingModes modes)
    {
        TcpSegment segment = new(packet);
        bool fromInitiator = direction == state.Original;
        ConnectionClass next = TcpStates.Next(fromInitiator, segment.Kind, state.Class);
        switch (next)
        {
            case TcpStates.Invalid or TcpStates.Ignore when state.Class == ConnectionClass.SynSent && !fromInitiator && TryNoteEarly(ref entry, segment):
                return TrackResult.Ignored;
            case TcpStates.Invalid:
                return TrackResult.Deny(Reason.InvalidState);
            case TcpStates.Ignore:
                return Ignored(ref entry, ref hint, ref state, segment, fromInitiator, now, modes);
            case ConnectionClass.SynSent2 when state.Class == ConnectionClass.SynSent && entry.Responder.HasAcknowledged:
                // It acknowledged the SYN with early data, so it does not open by itself: a blind guess, which the initiator would take for a
                // simultaneous open.
                return TrackResult.Deny(Reason.InvalidState);
            case ConnectionClass.SynSent when state.Class is ConnectionClass.TimeWait or ConnectionClass.Close && fromInitiator && IsOldSyn(entry, segment):
                return Ignored(ref entry, ref hint, ref state, segment, fromInitiator, now, modes);
            case ConnectionClass.SynSent when state.Class is ConnectionClass.TimeWait or ConnectionClass.Close:
                return TrackResult.Reuse;
        }

        if (segment.Kind == TcpSegmentKind.Rst)
        {
            return TcpReset.Advance(entry, hint, ref state, segment, next, fromInitiator, now, modes.WindowCheck);
        }

        return state.HasHint && IsChallenge(entry, ref hint, state, segment, fromInitiator)
            ? TrackResult.Ignored
            : Segment(ref entry, ref state, segment, next, fromInitiator, now, modes.WindowCheck);
    }

    /// <summary>
    /// The usual case of <see cref="Advance"/>: a plain segment of a steady connection, within the window. False = what it is takes another look;
    /// the entry is as before, and <paramref name="state"/> means nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryAdvance(ref ConnectionEntry entry, ref ConnectionState state, in PlainPacket plain, Direction direction, long now)
    {
        bool fromInitiator = direction == state.Original;
        ref TcpSide sender = ref entry.Side(fromInitiator);
        ref TcpSide receiver = ref entry.Side(!fromInitiator);
        if (sender.MaxWindow == 0 || TcpWindow.Judge(ref sender, ref receiver, fromInitiator, new TcpSegment(plain), ref state) != Reason.Established)
        {
            return false;
        }

        state.Touch(now);
        return true;
    }

    /// <summary>
    /// With fast open the responder's data may overtake its SYN-ACK. They prove to know the SYN as well as that does; how far they reach is
    /// noted, or their acknowledgments would be refused for ever and the connection hang. Linux notes nothing.
    /// </summary>
    private static bool TryNoteEarly(ref ConnectionEntry entry, TcpSegment segment)
    {
        TcpWindow window = new(ref entry, fromInitiator: false);
        bool isEarly = window.AnswersSyn(segment);
        if (isEarly)
        {
            window.NoteEarly(segment);
        }

        return isEarly;
    }

    /// <summary>
    /// A closed five-tuple is used anew with a number beyond the old ones (RFC 1122, 4.2.2.13). One a little below is probably the old SYN, which
    /// the network duplicated: the connection's last segments are still to be known, unless the answer tells otherwise. Linux forgets it.
    /// </summary>
    private static bool IsOldSyn(in ConnectionEntry entry, TcpSegment segment)
    {
        uint behind = entry.Initiator.End - segment.Sequence;
        return behind != 0 && behind <= entry.Responder.Lag;
    }

    /// <summary>Enters the next state and restarts the timer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Enter(ref ConnectionState state, ConnectionClass next, bool fromInitiator, long now)
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

    private static TrackResult Segment(
        ref ConnectionEntry entry, ref ConnectionState state, TcpSegment segment, ConnectionClass next, bool fromInitiator,
        long now, WindowCheck check)
    {
        TcpWindow window = new(ref entry, fromInitiator);
        ConnectionState advanced = state;
        Reason reason = window.Check(segment, ref advanced);
        if (reason != Reason.Established)
        {
            if (!Tolerates(window, state, segment, check, reason, out TrackResult refused))
            {
                return refused;
            }

            advanced = state;
        }

        bool isTolerated = check == WindowCheck.Log && !state.IsLiberal && reason != Reason.Established;
        Enter(ref advanced, next, fromInitiator, now);
        state = advanced;
        return TrackResult.Allow(Reason.Established).Tolerated(isTolerated);
    }

    /// <summary>Whether a segment outside the window moves the connection nevertheless, by its mode or because its windows are not known.</summary>
    private static bool Tolerates(
        TcpWindow window, ConnectionState state, TcpSegment segment, WindowCheck check, Reason reason, out TrackResult refused)
    {
        if (reason == Reason.PassIgnored)
        {
            refused = TrackResult.Ignored;
            return check == WindowCheck.Off || state.IsLiberal;
        }

        window.NoteOvershoot(segment);
        refused = TrackResult.Deny(reason);
        return check != WindowCheck.Enforce || state.IsLiberal;
    }

    /// <summary>What is not of this connection but may be right: only the answer will tell.</summary>
    private static TrackResult Ignored(
        ref ConnectionEntry entry, ref TcpHint hint, ref ConnectionState state, TcpSegment segment, bool fromInitiator, long now,
        in TrackingModes modes)
    {
        if (segment.Kind == TcpSegmentKind.SynAck)
        {
            // The rules that would judge the new connection are those of the old one, unless old ones live on by grace.
            bool begins = state.HasHint && modes.EstablishedConnections == EstablishedConnections.Revalidate && Begins(hint, entry, state, segment);
            return begins ? BeginAgain(ref entry, hint, ref state, segment, now) : TrackResult.Ignored;
        }

        if (segment.Kind == TcpSegmentKind.Syn)
        {
            hint = TcpHint.OfSyn(segment, mayBeChallenged: state.Class == ConnectionClass.LastAck);
            state.HasHint = true;
        }

        return TrackResult.Ignored;
    }

    /// <summary>
    /// Whether a SYN-ACK answers the SYN that was let pass, and that was none of this connection's own that strayed in late: new numbers are
    /// higher than those before (RFC 9293, 3.4.1), or far from them. Before the handshake is over any other number of the initiator is new, and
    /// so is another answer to the same.
    /// </summary>
    private static bool Begins(TcpHint hint, in ConnectionEntry entry, ConnectionState state, TcpSegment segment)
    {
        uint behind = entry.Initiator.End - hint.Number;
        bool isNewAnswer = SequenceNumber.IsAfter(segment.End, entry.Responder.End);
        bool isNew = SequenceNumber.IsAfter(hint.Number, entry.Initiator.End)
            || (state.Class == ConnectionClass.SynReceived ? behind != 0 || isNewAnswer : behind > entry.Responder.Lag && isNewAnswer);
        return hint.Number == segment.Acknowledgment && isNew;
    }

    private static TrackResult BeginAgain(
        ref ConnectionEntry entry, TcpHint hint, ref ConnectionState state, TcpSegment segment, long now)
    {
        state = state.Renew(ConnectionClass.SynSent);
        state.SetScale(ofInitiator: true, hint.Scale);
        entry.Initiator = hint.Initiator;
        entry.Responder = new TcpSide { MaxAcknowledgment = hint.Number };
        new TcpWindow(ref entry, fromInitiator: false).Check(segment, ref state);
        Enter(ref state, ConnectionClass.SynReceived, fromInitiator: false, now);
        return TrackResult.Allow(Reason.Established);
    }

    // The answer to a SYN in LAST-ACK has the current numbers, and is no acknowledgment of the FIN (RFC 5961, 4).
    private static bool IsChallenge(
        in ConnectionEntry entry, ref TcpHint hint, ConnectionState state, TcpSegment segment, bool fromInitiator)
    {
        ConnectionEntry copy = entry;
        bool isChallenge = hint.MayBeChallenged && !fromInitiator && segment.Kind == TcpSegmentKind.Ack && state.Class == ConnectionClass.LastAck
            && new TcpWindow(ref copy, fromInitiator).Check(segment, ref state) == Reason.Established;
        if (isChallenge)
        {
            hint = hint.Challenged();
        }

        return isChallenge;
    }
}
