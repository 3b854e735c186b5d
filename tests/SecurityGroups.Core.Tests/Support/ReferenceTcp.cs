using static SecurityGroups.Tests.Support.ReferenceTcpTransitions;
using Kind = SecurityGroups.Tests.Support.ReferenceTcpKind;
using Side = SecurityGroups.Tests.Support.ReferenceTcpSide;
using State = SecurityGroups.Tests.Support.ReferenceTcpState;

namespace SecurityGroups.Tests.Support;

/// <summary>
/// One TCP connection of the reference model: the states and the four window bounds that a watcher in the middle can check (after
/// "Real stateful TCP packet filtering", as Linux does). Immutable in effect: a segment is tried on a copy, kept only when accepted.
/// </summary>
internal sealed class ReferenceTcp
{
    private const uint AckSlack = 66_000;
    private const int StalledRepeats = 3;

    private Side _initiator = new();
    private Side _responder = new();
    private int _repeats;
    private bool _isWindowClosed;
    private bool _isLastFromInitiator;
    private bool _isSimultaneous;
    private ReferenceSegment? _passedSyn;
    private bool _expectsChallenge;

    public State State { get; private set; }

    public bool IsReplied { get; private set; }

    /// <summary>Whether both ends were heard of while it was established: the handshake was no forgery.</summary>
    public bool IsProven { get; private set; }

    /// <summary>Whether both SYNs could be seen; after a pick-up the window scale is unknown, and what breaks the window passes.</summary>
    public bool KnowsWindow { get; private set; }

    /// <summary>Seconds of idle time this connection may have now.</summary>
    public int TimeoutSeconds(ReferenceTimeouts timeouts, bool isTombstone)
    {
        bool isStalled = _repeats >= StalledRepeats || _initiator.HasUnacknowledged || _responder.HasUnacknowledged
            || _isWindowClosed || (State == State.Established && !IsReplied);
        int seconds = timeouts.Of(State);
        return isStalled && !isTombstone ? Math.Min(seconds, timeouts.Transient) : seconds;
    }

    public static ReferenceTcp Open(ReferenceSegment first)
    {
        ReferenceTcp tcp = new() { KnowsWindow = first.Syn, State = first.Syn ? State.SynSent : State.Established };
        tcp.JudgeWindow(first, true);
        if (!first.Syn)
        {
            tcp._initiator.SackPermitted = tcp._responder.SackPermitted = true;
        }

        return tcp;
    }

    /// <summary>Whether a quoted segment of one side may still be on its way.</summary>
    public bool IsInFlight(bool fromInitiator, uint sequence)
    {
        (Side sender, Side peer) = SidesOf(fromInitiator);
        uint lowest = (peer.HighestAck ?? sender.End) - AckSlack;
        return !KnowsWindow || (sender.IsKnown && !Before(sequence, lowest) && !Before(sender.End, sequence));
    }

    /// <summary>What a segment does: why it passes or not, and what the connection is then; null when it has ended.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="fromInitiator">Who sent it.</param>
    /// <param name="check">The window check.</param>
    /// <param name="mayBeginAgain">Whether the answer to a SYN that was let pass begins the connection anew.</param>
    public (Reason Reason, ReferenceTcp? Next) Advance(ReferenceSegment segment, bool fromInitiator, WindowCheck check, bool mayBeginAgain)
    {
        Kind kind = KindOf(segment);
        if (kind == Kind.Syn && !fromInitiator && State == State.SynSent && _responder.EarlyEnd is not null)
        {
            // It acknowledged the SYN already: this is none of a simultaneous open.
            return (Reason.InvalidState, this);
        }

        if (Transition(State, kind, fromInitiator, _isSimultaneous) is not { } next)
        {
            if (IsEarly(segment, kind, fromInitiator))
            {
                return (Reason.PassIgnored, WithEarly(segment));
            }

            return IsIgnored(State, kind, fromInitiator) ? LetPass(segment, kind, mayBeginAgain) : (Reason.InvalidState, this);
        }

        ReferenceTcp copy = Copy();
        if (kind == Kind.Ack && !fromInitiator && State == State.LastAck && _expectsChallenge && Copy().JudgeWindow(segment, false) == Reason.Established)
        {
            // A challenge, not the acknowledgment of the FIN.
            copy._expectsChallenge = false;
            return (Reason.PassIgnored, copy);
        }

        return kind == Kind.Rst
            ? copy.Reset(segment, fromInitiator, check, this, next)
            : copy.Advance(segment, fromInitiator, check, this, next);
    }

    /// <summary>A SYN on a finished connection opens a new one; after a reset only the initiator's.</summary>
    public bool IsReopenedBy(ReferenceSegment segment, bool fromInitiator) =>
        KindOf(segment) == Kind.Syn && (State == State.TimeWait || (fromInitiator && State == State.Close)) && !(fromInitiator && IsOldSyn(segment));

    /// <summary>Whether a number of 32 bits comes before another, however often they wrapped.</summary>
    public static bool Before(uint a, uint b) => (int)(a - b) < 0;

    // Its number lies among those that were used.
    private bool IsOldSyn(ReferenceSegment segment) =>
        Before(segment.Sequence, _initiator.End) && !Before(segment.Sequence, _initiator.End - Math.Max(AckSlack, _responder.WidestWindow));

    // Data of the responder that overtook its SYN-ACK, as with fast open: they acknowledge the SYN.
    private bool IsEarly(ReferenceSegment segment, Kind kind, bool fromInitiator) =>
        State == State.SynSent && !fromInitiator && kind is Kind.Ack or Kind.Fin
        && Before(_initiator.FirstSequence, segment.Acknowledgment) && !Before(_initiator.End, segment.Acknowledgment);

    private ReferenceTcp WithEarly(ReferenceSegment segment)
    {
        ReferenceTcp copy = Copy();
        copy._responder.MeetEarly(segment.End, _initiator.FirstSequence + 1);
        return copy;
    }

    private (Side Sender, Side Receiver) SidesOf(bool fromInitiator) => fromInitiator ? (_initiator, _responder) : (_responder, _initiator);

    private ReferenceTcp Copy()
    {
        ReferenceTcp copy = (ReferenceTcp)MemberwiseClone();
        copy._initiator = _initiator with { };
        copy._responder = _responder with { };
        return copy;
    }

    private ReferenceTcp Enter(State next, bool fromInitiator)
    {
        IsReplied |= !fromInitiator;
        _isSimultaneous |= next == State.SynSent2;
        State = next;
        IsProven |= next == State.Established && IsReplied;
        return this;
    }

    /// <summary>What the answer will tell about: a SYN out of season, or what its initiator will reset.</summary>
    private (Reason, ReferenceTcp?) LetPass(ReferenceSegment segment, Kind kind, bool mayBeginAgain)
    {
        if (kind == Kind.SynAck && mayBeginAgain && _passedSyn?.End == segment.Acknowledgment && !IsCopy(_passedSyn, segment))
        {
            return Open(_passedSyn).Advance(segment, false, WindowCheck.Enforce, false);
        }

        ReferenceTcp copy = Copy();
        copy._passedSyn = kind == Kind.Syn ? segment : _passedSyn;
        copy._expectsChallenge = kind == Kind.Syn ? State == State.LastAck : _expectsChallenge;
        return (Reason.PassIgnored, copy);
    }

    /// <summary>Whether both look like late copies of this connection's own first segments.</summary>
    private bool IsCopy(ReferenceSegment syn, ReferenceSegment answer)
    {
        bool isOldAnswer = !Before(_responder.End, answer.End);
        return !Before(_initiator.End, syn.End) && (State == State.SynReceived && !_isSimultaneous
            ? syn.End == _initiator.End && isOldAnswer
            : isOldAnswer || _initiator.End - syn.End <= Math.Max(AckSlack, _responder.WidestWindow));
    }

    private (Reason, ReferenceTcp?) Advance(ReferenceSegment segment, bool fromInitiator, WindowCheck check, ReferenceTcp before, State next)
    {
        Reason reason = JudgeWindow(segment, fromInitiator);
        if (reason == Reason.Established)
        {
            return (reason, Enter(next, fromInitiator));
        }

        ReferenceTcp kept = before.Copy();
        if (reason == Reason.OutOfWindow)
        {
            kept.NoteOvershoot(segment, fromInitiator);
        }

        bool passes = check == WindowCheck.Off || !KnowsWindow || (reason != Reason.PassIgnored && check == WindowCheck.Log);
        return passes ? (Reason.Established, kept.Enter(next, fromInitiator)) : (reason, kept);
    }

    /// <summary>A reset must prove that its sender sees the connection (RFC 5961), also where the window is not checked otherwise.</summary>
    private (Reason, ReferenceTcp?) Reset(ReferenceSegment segment, bool fromInitiator, WindowCheck check, ReferenceTcp before, State next)
    {
        Reason reason = JudgeReset(segment, fromInitiator);
        if (reason == Reason.InvalidReset && check != WindowCheck.Enforce)
        {
            reason = Reason.PassIgnored;
        }

        // In TIME-WAIT resets are ignored (RFC 1337).
        reason = reason == Reason.Established && next == State.TimeWait ? Reason.PassIgnored : reason;
        return reason != Reason.Established ? (reason, before) : (reason, before.IsReplied ? before.Copy().Enter(next, fromInitiator) : null);
    }

    private Reason JudgeReset(ReferenceSegment segment, bool fromInitiator)
    {
        (Side sender, Side peer) = SidesOf(fromInitiator);
        if (!fromInitiator && segment.Ack && _passedSyn?.End == segment.Acknowledgment)
        {
            return Reason.Established;
        }

        if (State == State.SynSent && !fromInitiator)
        {
            bool answersSyn = segment.Ack && Before(peer.FirstSequence, segment.Acknowledgment) && !Before(peer.End, segment.Acknowledgment);
            return answersSyn ? Reason.Established : Reason.InvalidReset;
        }

        // Only the very next number gives a SYN up; others may answer a stale acknowledgment.
        if (State == State.SynSent)
        {
            return segment.Sequence == sender.End ? Reason.Established : Reason.PassIgnored;
        }

        uint? expected = peer.HighestAck;
        if (expected is { } least && Before(segment.Sequence, least))
        {
            return IsLateAnswer(segment, sender, peer) ? Reason.PassIgnored : Reason.InvalidReset;
        }

        if (!KnowsWindow && !IsReplied)
        {
            return Reason.Established;
        }

        bool mustBeExact = State == State.Established && IsReplied && expected is not null;
        bool isExact = segment.Sequence == expected || (segment.Sequence == sender.End && _isLastFromInitiator == fromInitiator);
        Reason window = JudgeWindow(segment, fromInitiator);
        return window switch
        {
            Reason.Established => mustBeExact && !isExact ? Reason.PassIgnored : Reason.Established,
            Reason.PassIgnored => Reason.PassIgnored,
            _ => !KnowsWindow || IsLateAnswer(segment, sender, peer) ? Reason.PassIgnored : Reason.InvalidReset,
        };
    }

    // Once closing, an end may be gone and answer late acknowledgments, or the SYN; nobody heeds it.
    private bool IsLateAnswer(ReferenceSegment segment, Side sender, Side peer)
    {
        uint lowest = (peer.HighestAck ?? 0) - Math.Max(AckSlack, peer.WidestWindow);
        bool answersAck = peer.HighestAck is { } highest && !Before(highest, segment.Sequence) && !Before(segment.Sequence, lowest);
        bool answersSyn = segment.Ack && segment.Sequence == 0 && segment.Acknowledgment != 0
            && !Before(peer.End, segment.Acknowledgment) && !Before(segment.Acknowledgment, peer.End - Math.Max(AckSlack, sender.WidestWindow));
        return State is >= State.FinWait and <= State.Close && (answersAck || answersSyn);
    }

    private Reason JudgeWindow(ReferenceSegment segment, bool fromInitiator)
    {
        (Side sender, Side receiver) = SidesOf(fromInitiator);
        bool beginsAnew = segment.Syn && State is State.SynSent or State.SynReceived && Before(sender.End, segment.End);
        if (!sender.IsKnown || (beginsAnew && !_isSimultaneous) || (beginsAnew && State == State.SynSent))
        {
            Meet(sender, receiver, segment);
            if (segment is { Syn: true, Ack: false })
            {
                return Reason.Established;
            }
        }

        // What answers a SYN acknowledges it.
        if (segment is { Syn: true, Ack: true } && State == State.SynSent && !Before(receiver.FirstSequence, segment.Acknowledgment))
        {
            return Reason.PassIgnored;
        }

        bool acknowledges = segment.Ack && !(segment.Rst && segment.Acknowledgment == 0);
        uint ack = acknowledges ? segment.Acknowledgment : receiver.End;
        uint sack = acknowledges ? HighestAcknowledged(segment, receiver) : ack;
        Reason reason = Bounds(sender, receiver, segment, sack);
        if (reason == Reason.Established)
        {
            Remember(segment, fromInitiator, sender, ack);
            bool scales = sender.Scale is not null && receiver.Scale is not null;
            uint window = segment.Syn || !scales ? segment.Window : (uint)segment.Window << sender.Scale!.Value;
            sender.Send(segment, window + (sack - ack), acknowledges ? ack : null);
            receiver.Receive(sender.RightEdge, segment.End, ack, sack + Math.Max(window, 1));
            if (segment.IsCut)
            {
                sender.MayReachTheEdge();
            }
        }

        return reason;
    }

    private static uint HighestAcknowledged(ReferenceSegment segment, Side receiver) => receiver.SackPermitted
        ? segment.SackEdges.Aggregate(segment.Acknowledgment, (high, edge) => Before(high, edge) ? edge : high)
        : segment.Acknowledgment;

    private static void Meet(Side sender, Side receiver, ReferenceSegment segment)
    {
        if (segment.Syn)
        {
            sender.Start(segment, segment.Ack ? receiver.WidestWindow : 0);
            if (!segment.Ack)
            {
                receiver.ForgetEarly();
            }

            return;
        }

        sender.Join(segment);
        if (!receiver.IsKnown)
        {
            receiver.End = segment.Acknowledgment;
        }
        else if (segment.Acknowledgment == receiver.End + 1)
        {
            // The answer to a keep-alive that was not seen.
            receiver.End++;
        }
    }

    private static Reason Bounds(Side sender, Side receiver, ReferenceSegment segment, uint sack)
    {
        if (Before(sender.RightEdge, segment.Sequence))
        {
            return Reason.OutOfWindow;
        }

        if (receiver.IsKnown && Before(receiver.End, sack))
        {
            return Reason.InvalidAcknowledgment;
        }

        uint slack = Math.Max(AckSlack, sender.WidestWindow);
        bool isOld = receiver.IsKnown && Before(segment.End, sender.End - receiver.WidestWindow);
        return isOld || Before(sack, receiver.End - slack) ? Reason.PassIgnored : Reason.Established;
    }

    /// <summary>
    /// Data a little beyond the window are denied, yet the sender's end moves: if the peer acknowledges them after all, that
    /// acknowledgment must not be refused for ever (E06).
    /// </summary>
    private void NoteOvershoot(ReferenceSegment segment, bool fromInitiator)
    {
        (Side sender, Side receiver) = SidesOf(fromInitiator);
        bool isData = KindOf(segment) is Kind.Ack or Kind.Fin;
        bool isNear = receiver.IsKnown && segment.End - sender.RightEdge < receiver.WidestWindow;
        uint sack = HighestAcknowledged(segment, receiver);
        bool acknowledges = !Before(receiver.End, sack) && !Before(sack, receiver.End - Math.Max(AckSlack, sender.WidestWindow));
        if (isData && isNear && acknowledges)
        {
            sender.End = segment.End;
        }
    }

    /// <summary>Counts the last data sent again without news, and notes who sent last and whether its window is closed.</summary>
    private void Remember(ReferenceSegment segment, bool fromInitiator, Side sender, uint ack)
    {
        if (KindOf(segment) == Kind.Ack)
        {
            bool isRepeat = segment.PayloadOctets > 0 && segment.End == sender.End && sender.HighestAck is { } highest && !Before(highest, ack);
            _repeats = isRepeat ? _repeats + 1 : 0;
            _isWindowClosed = segment.Window == 0;
            _isLastFromInitiator = fromInitiator;
        }
    }
}
