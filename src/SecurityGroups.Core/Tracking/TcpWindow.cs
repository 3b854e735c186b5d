using System.Runtime.CompilerServices;
using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>The sequence window check of one segment, on the sides of its connection. Whoever only wants to know gives a copy of the entry.</summary>
/// <remarks>
/// After Guido van Rooij, "Real Stateful TCP Packet Filtering in IP Filter", with the bounds as Linux has them. With s = sender, r = receiver:
/// <code>
/// I    sequence  &lt;= s.MaxEnd                                above: out of window
/// II   end       &gt;= s.End - r.MaxWindow                     below: an old segment, passes, ignored
/// III  ack       &lt;= r.End                                   above: acknowledges what was never sent
/// IV   ack       &gt;= r.End - max(66000, s.MaxWindow)         below: a late acknowledgment, passes, ignored
/// </code>
/// where ack is the highest edge of the SACK blocks, if there are any. A segment without ACK is judged as if it acknowledged everything.
/// </remarks>
internal readonly ref struct TcpWindow
{
    /// <summary>How far an acknowledgment may lag at least; see <see cref="TcpSide.Lag"/>.</summary>
    public const uint AcknowledgmentLag = 66_000;

    public readonly ref TcpSide Sender;
    public readonly ref TcpSide Receiver;
    private readonly bool _fromInitiator;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TcpWindow(ref ConnectionEntry entry, bool fromInitiator)
    {
        _fromInitiator = fromInitiator;
        Sender = ref entry.Side(fromInitiator);
        Receiver = ref entry.Side(!fromInitiator);
    }

    /// <summary>
    /// Judges a segment and notes what it tells, if it is inside (<see cref="Reason.Established"/>). <see cref="Reason.PassIgnored"/> = old, pass
    /// it; else why it is refused: then both sides are as before, and <paramref name="state"/> means nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Reason Check(TcpSegment segment, ref ConnectionState state)
    {
        if (Sender.MaxWindow == 0 || (segment.IsSyn && IsSynAnew(segment, state)))
        {
            // Copies, so that what the usual case works with stays in registers.
            ConnectionState begun = state;
            Reason first = CheckFirst(this, segment, ref begun);
            state = begun;
            return first;
        }

        return Judge(ref Sender, ref Receiver, _fromInitiator, segment, ref state);
    }

    // The sender is new: what begins it is judged as well.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Reason CheckFirst(TcpWindow window, TcpSegment segment, ref ConnectionState state)
    {
        TcpSide sender = window.Sender;
        TcpSide receiver = window.Receiver;
        window.Begin(segment, ref state);
        if (segment.Kind == TcpSegmentKind.Syn)
        {
            return Reason.Established;
        }

        Reason reason = window.IsStaleAnswer(segment, state) ? Reason.PassIgnored
            : Judge(ref window.Sender, ref window.Receiver, window._fromInitiator, segment, ref state);
        if (reason != Reason.Established)
        {
            window.Sender = sender;
            window.Receiver = receiver;
        }

        return reason;
    }

    /// <summary>As <see cref="Check"/>, for a segment that begins nothing, of a sender whose segments were seen. On the sides alone, which so stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Reason Judge(ref TcpSide sender, ref TcpSide receiver, bool fromInitiator, TcpSegment segment, ref ConnectionState state)
    {
        uint sack = HighestAcknowledged(receiver, segment);
        Reason reason = Bounds(sender, receiver, segment, sack);
        if (reason != Reason.Established)
        {
            return reason;
        }

        Advance(ref sender, ref receiver, fromInitiator, segment, sack, ref state);
        if (segment.Has(PacketTraits.Fragment))
        {
            NoteFragment(ref sender, fromInitiator, ref state);
        }

        return Reason.Established;
    }

    /// <summary>In SYN-SENT: whether the sender acknowledges the SYN (RFC 9293, 3.10.7.3); of data on the SYN, any part.</summary>
    public bool AnswersSyn(TcpSegment segment)
    {
        uint first = Sender.MaxAcknowledgment;
        return segment.HasAcknowledgment && segment.Acknowledgment - first <= Receiver.End - first;
    }

    /// <summary>Whether the sender acknowledges something that was sent, and not long ago.</summary>
    public bool AcknowledgesRecent(TcpSegment segment) =>
        segment.HasAcknowledgment && Receiver.End - segment.Acknowledgment <= Sender.Lag;

    /// <summary>In SYN-SENT: notes how far the responder's data reach that came before its SYN-ACK.</summary>
    public void NoteEarly(TcpSegment segment)
    {
        if (!Sender.HasAcknowledged || SequenceNumber.IsAfter(segment.End, Sender.End))
        {
            Sender.End = segment.End;
        }

        Sender.HasAcknowledged = true;
    }

    /// <summary>
    /// Whether data beyond the window was at least plausible: then its end is noted, so that the acknowledgment of it, if the segment
    /// reached its receiver by another way, does not stop the connection (behaviour E06).
    /// </summary>
    public void NoteOvershoot(TcpSegment segment)
    {
        uint sack = HighestAcknowledged(Receiver, segment);
        uint overshot = segment.End - Sender.MaxEnd;
        bool isPlausible = segment.Kind is TcpSegmentKind.Ack or TcpSegmentKind.Fin
            && SequenceNumber.IsAfter(segment.Sequence, Sender.MaxEnd) && Receiver.MaxWindow != 0 && overshot < Receiver.MaxWindow
            && !SequenceNumber.IsAfter(sack, Receiver.End) && !IsLateAcknowledgment(Sender, Receiver, sack);
        if (isPlausible)
        {
            Sender.End = segment.End;
        }
    }

    /// <summary>The four bounds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Reason Bounds(in TcpSide sender, in TcpSide receiver, TcpSegment segment, uint sack)
    {
        if (SequenceNumber.IsAfter(segment.Sequence, sender.MaxEnd))
        {
            return Reason.OutOfWindow;
        }

        if (receiver.MaxWindow != 0 && SequenceNumber.IsAfter(sack, receiver.End))
        {
            return Reason.InvalidAcknowledgment;
        }

        bool isOld = receiver.MaxWindow != 0 && SequenceNumber.IsBefore(segment.End, sender.End - receiver.MaxWindow);
        return isOld || IsLateAcknowledgment(sender, receiver, sack) ? Reason.PassIgnored : Reason.Established;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint HighestAcknowledged(in TcpSide receiver, TcpSegment segment)
    {
        if (!segment.HasAcknowledgment)
        {
            return receiver.End;
        }

        bool isSack = segment.Has(PacketTraits.Sack) && receiver.IsSackPermitted && SequenceNumber.IsAfter(segment.SackHighest, segment.Acknowledgment);
        return isSack ? segment.SackHighest : segment.Acknowledgment;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsLateAcknowledgment(in TcpSide sender, in TcpSide receiver, uint acknowledgment) =>
        SequenceNumber.IsBefore(acknowledgment, receiver.End - sender.Lag);

    // Before the handshake is over a SYN with a higher sequence number replaces the one before (RFC 9293: reinitialized TCP).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsSynAnew(TcpSegment segment, ConnectionState state) =>
        SequenceNumber.IsAfter(segment.End, Sender.End) && state.Class is ConnectionClass.SynSent or ConnectionClass.SynReceived;

    // The answer to a SYN acknowledges it (RFC 9293, 3.10.7.3). The lag that condition IV grants to old acknowledgments would let an attacker
    // who guesses the number roughly answer in place of the responder. Stricter than Linux.
    private bool IsStaleAnswer(TcpSegment segment, ConnectionState state) =>
        state.Class == ConnectionClass.SynSent && segment.Kind == TcpSegmentKind.SynAck
        && SequenceNumber.IsBefore(segment.Acknowledgment, Sender.MaxAcknowledgment);

    /// <summary>The first segment seen of this end, or its SYN anew.</summary>
    private void Begin(TcpSegment segment, ref ConnectionState state)
    {
        switch (segment.Kind)
        {
            case TcpSegmentKind.Syn:
                Begin(segment, ref Sender, ref Receiver, _fromInitiator, ref state);
                break;
            case TcpSegmentKind.SynAck:
                BeginAnswer(segment);
                NoteOffers(segment, ref Sender, _fromInitiator, ref state);
                break;
            default:
                BeginInTheMiddle(segment, state);
                break;
        }
    }

    /// <summary>Notes all that a SYN tells of a connection that begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Begin(TcpSegment syn, ref TcpSide sender, ref TcpSide receiver, bool fromInitiator, ref ConnectionState state)
    {
        sender.End = sender.MaxEnd = syn.End;

        // The lowest acknowledgment that can answer this SYN: the strict test of SYN-ACKs and resets in SYN-SENT.
        receiver.MaxAcknowledgment = syn.Sequence + 1;
        receiver.HasAcknowledged = false;
        NoteOffers(syn, ref sender, fromInitiator, ref state);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void NoteOffers(TcpSegment segment, ref TcpSide sender, bool fromInitiator, ref ConnectionState state)
    {
        sender.MaxWindow = Math.Max(1, segment.Window);
        sender.IsSackPermitted = segment.Has(PacketTraits.SackPermitted);
        state.SetScale(fromInitiator, segment.Has(PacketTraits.WindowScale) ? segment.WindowScale : ConnectionState.NoScale);
    }

    // The SYN that this answers offered a window, never scaled: with fast open data follow at once (RFC 7413, 4.2), or came before (NoteEarly).
    // Linux grants nothing until the initiator's ACK.
    private void BeginAnswer(TcpSegment segment)
    {
        Sender.MaxEnd = segment.Sequence + 1 + Receiver.MaxWindow;
        bool hasEarly = Sender.HasAcknowledged && SequenceNumber.IsAfter(Sender.End, segment.End) && !SequenceNumber.IsAfter(Sender.End, Sender.MaxEnd);
        Sender.End = hasEarly ? Sender.End : segment.End;
    }

    // In the middle of a connection: what this segment says is all there is.
    private void BeginInTheMiddle(TcpSegment segment, ConnectionState state)
    {
        Sender.End = segment.End;
        Sender.MaxWindow = Math.Max(1, segment.Window << Scale(state, _fromInitiator));
        Sender.MaxEnd = segment.End + Sender.MaxWindow;
        if (Receiver.MaxWindow == 0)
        {
            Receiver.End = Receiver.MaxEnd = segment.Acknowledgment;
        }
        else if (segment.Acknowledgment == Receiver.End + 1)
        {
            // The answer to a keep-alive, whose octet the tracker did not count.
            Receiver.End++;
        }
    }

    /// <summary>Notes what an accepted segment tells about both ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Advance(ref TcpSide sender, ref TcpSide receiver, bool fromInitiator, TcpSegment segment, uint sack, ref ConnectionState state)
    {
        // The window of a SYN is never scaled (RFC 7323, 2.2).
        uint window = segment.IsSyn ? segment.Window : segment.Window << Scale(state, fromInitiator);
        uint acknowledgment = segment.HasAcknowledgment ? segment.Acknowledgment : receiver.End;
        if (segment.Kind == TcpSegmentKind.Ack)
        {
            // Written twice, so that the usual way is without what the other needs.
            if (IsRepeat(sender, segment, acknowledgment))
            {
                state.NoteSegment(fromInitiator, segment.Window == 0, Math.Min(3, state.Retransmissions + 1));
            }
            else
            {
                state.NoteSegment(fromInitiator, segment.Window == 0, retransmissions: 0);
            }
        }

        uint offered = window + (sack - acknowledgment);
        if (sender.MaxWindow < offered)
        {
            sender.MaxWindow = offered;
        }

        if (SequenceNumber.IsAfter(segment.End, sender.End))
        {
            sender.End = segment.End;
            state.SetUnacknowledged(fromInitiator, true);
        }

        if (segment.HasAcknowledgment && (!sender.HasAcknowledged || SequenceNumber.IsAfter(acknowledgment, sender.MaxAcknowledgment)))
        {
            sender.MaxAcknowledgment = acknowledgment;
            sender.HasAcknowledged = true;
        }

        if (receiver.MaxWindow != 0 && SequenceNumber.IsAfter(segment.End, sender.MaxEnd))
        {
            receiver.MaxWindow += segment.End - sender.MaxEnd;
        }

        uint edge = sack + Math.Max(1, window);
        if (SequenceNumber.IsAfter(edge, receiver.MaxEnd))
        {
            receiver.MaxEnd = edge;
        }

        if (acknowledgment == receiver.End)
        {
            state.SetUnacknowledged(!fromInitiator, false);
        }
    }

    // The rest of the segment is in later fragments, which no connection sees: it may reach as far as the receiver offered, and the
    // acknowledgment of all of it must not be refused.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void NoteFragment(ref TcpSide sender, bool fromInitiator, ref ConnectionState state)
    {
        if (SequenceNumber.IsAfter(sender.MaxEnd, sender.End))
        {
            sender.End = sender.MaxEnd;
        }

        state.SetUnacknowledged(fromInitiator, false);
    }

    // The last data once more, without news and without a word of the other end between: its receiver may be gone.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsRepeat(in TcpSide sender, TcpSegment segment, uint acknowledgment) => segment.HasPayload && segment.End == sender.End
        && sender.HasAcknowledged && !SequenceNumber.IsAfter(acknowledgment, sender.MaxAcknowledgment);

    // Scaling is on only if both SYNs offered it (RFC 7323, 2.2).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Scale(ConnectionState state, bool fromInitiator)
    {
        int own = state.Scale(fromInitiator);
        return own == ConnectionState.NoScale || state.Scale(!fromInitiator) == ConnectionState.NoScale ? 0 : own;
    }
}
