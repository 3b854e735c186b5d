using State = SecurityGroups.Tests.Support.ReferenceTcpState;

namespace SecurityGroups.Tests.Support;

/// <summary>
/// One TCP connection of the reference model: the states and the four window bounds that a watcher in the middle can check (after
/// "Real stateful TCP packet filtering", as Linux does). Immutable in effect: a segment is tried on a copy, kept only when accepted.
/// </summary>
internal sealed class ReferenceTcp
{
    private const uint AckSlack = 66_000;
    private const int TransientRepeats = 3;

    private Side _initiator = new();
    private Side _responder = new();
    private (bool FromInitiator, uint Sequence, uint Acknowledgment, uint End, ushort Window)? _lastAck;
    private (bool FromInitiator, Kind Kind)? _last;
    private int _repeats;
    private bool _isAssured;
    private bool _isSimultaneous;

    private enum Kind
    {
        Syn,
        SynAck,
        Fin,
        Ack,
        Rst,
    }

    public State State { get; private set; }

    public bool IsReplied { get; private set; }

    /// <summary>Whether both windows are known; not after a pick-up.</summary>
    public bool TracksWindow { get; private set; }

    /// <summary>Seconds of idle time this connection may have now.</summary>
    public int TimeoutSeconds(ReferenceTimeouts timeouts)
    {
        bool transient = _repeats >= TransientRepeats || _initiator.HasUnacknowledged || _responder.HasUnacknowledged
            || _lastAck is { Window: 0 } || (State == State.Established && !IsReplied);
        int seconds = timeouts.Of(State);
        return transient ? Math.Min(seconds, timeouts.Transient) : seconds;
    }

    public static ReferenceTcp Open(ReferenceSegment first, bool checksWindow)
    {
        ReferenceTcp tcp = new() { TracksWindow = first.Syn && checksWindow, State = first.Syn ? State.SynSent : State.Established };
        if (first.Syn)
        {
            tcp._initiator.Start(first);
        }
        else
        {
            tcp.Remember(first, true);
        }

        tcp._last = (true, KindOf(first));
        return tcp;
    }

    /// <summary>Whether a quoted segment of one side may still be on its way.</summary>
    public bool IsInFlight(bool fromInitiator, uint sequence)
    {
        Side sender = fromInitiator ? _initiator : _responder;
        Side peer = fromInitiator ? _responder : _initiator;
        uint lowest = (peer.HighestAck ?? sender.FirstSequence) - AckSlack;
        return !TracksWindow || (sender.IsKnown && !Before(sequence, lowest) && !Before(sender.End, sequence));
    }

    /// <summary>What a segment does: allowed or denied, why, and whether the connection lives on, ends now or may be reopened.</summary>
    public (Reason Reason, ReferenceTcp? Next) Advance(ReferenceSegment segment, bool fromInitiator)
    {
        Kind kind = KindOf(segment);
        if (Transition(State, kind, fromInitiator, _isSimultaneous) is not { } next)
        {
            return (IsIgnored(State, kind, fromInitiator) ? Reason.PassIgnored : Reason.InvalidState, this);
        }

        ReferenceTcp copy = Copy();
        Reason reason = kind == Kind.Rst ? copy.JudgeReset(segment, fromInitiator) : copy.JudgeWindow(segment, fromInitiator, kind);
        if (reason == Reason.Established)
        {
            bool endsUnanswered = kind == Kind.Rst && !IsReplied;
            copy.Enter(next, kind, fromInitiator);
            return (reason, endsUnanswered ? null : copy);
        }

        return (reason, copy.KeepsOvershoot(segment, fromInitiator, reason) ? copy.Only(this, fromInitiator) : this);
    }

    /// <summary>A SYN of the initiator on a finished connection opens a new one.</summary>
    public bool IsReopenedBy(ReferenceSegment segment, bool fromInitiator) =>
        fromInitiator && KindOf(segment) == Kind.Syn && State is State.TimeWait or State.Close;

    private static Kind KindOf(ReferenceSegment segment) =>
        segment.Rst ? Kind.Rst : segment.Syn ? segment.Ack ? Kind.SynAck : Kind.Syn : segment.Fin ? Kind.Fin : Kind.Ack;

    private static State? Transition(State state, Kind kind, bool fromInitiator, bool simultaneous) => (kind, state) switch
    {
        (Kind.Syn, State.SynSent) => fromInitiator ? State.SynSent : State.SynSent2,
        (Kind.Syn, State.SynSent2) => State.SynSent2,
        (Kind.SynAck, State.SynSent) when !fromInitiator => State.SynReceived,
        (Kind.SynAck, State.SynSent2) => State.SynReceived,
        (Kind.Fin, State.SynReceived or State.Established) => State.FinWait,
        (Kind.Fin, State.FinWait or State.CloseWait or State.LastAck) => State.LastAck,
        (Kind.Fin or Kind.Ack, State.TimeWait or State.Close) => state,
        (Kind.Ack, State.SynReceived) => fromInitiator || simultaneous ? State.Established : State.SynReceived,
        (Kind.Ack, State.Established) => State.Established,
        (Kind.Ack, State.FinWait or State.CloseWait) => State.CloseWait,
        (Kind.Ack, State.LastAck) => State.TimeWait,
        (Kind.Rst, State.TimeWait) => State.TimeWait,
        (Kind.Rst, _) => State.Close,
        _ => null,
    };

    private static bool IsIgnored(State state, Kind kind, bool fromInitiator) => (kind, fromInitiator) switch
    {
        (Kind.Syn, true) => true,
        (Kind.SynAck, true) => state != State.SynSent,
        (Kind.SynAck, false) => true,
        (Kind.Ack, false) => state is State.SynSent or State.SynSent2,
        _ => false,
    };

    private static bool Before(uint a, uint b) => (int)(a - b) < 0;

    private ReferenceTcp Copy()
    {
        ReferenceTcp copy = (ReferenceTcp)MemberwiseClone();
        copy._initiator = _initiator with { };
        copy._responder = _responder with { };
        return copy;
    }

    private void Enter(State next, Kind kind, bool fromInitiator)
    {
        IsReplied |= !fromInitiator;
        _isAssured |= IsReplied && State is State.SynReceived or State.Established && next == State.Established;
        _isSimultaneous |= next == State.SynSent2;
        _last = (fromInitiator, kind);
        State = next;
    }

    /// <summary>A reset must prove that its sender sees the connection (RFC 5961).</summary>
    private Reason JudgeReset(ReferenceSegment segment, bool fromInitiator)
    {
        if (!TracksWindow)
        {
            return Reason.Established;
        }

        Side peer = fromInitiator ? _responder : _initiator;
        if (State == State.SynSent && !fromInitiator)
        {
            bool answersSyn = segment.Ack && Before(peer.FirstSequence, segment.Acknowledgment) && !Before(peer.End, segment.Acknowledgment);
            return answersSyn ? Reason.Established : Reason.InvalidReset;
        }

        if (peer.HighestAck is { } expected)
        {
            bool isTrain = _last == (fromInitiator, Kind.Ack) && _lastAck?.End == segment.Sequence;
            if (Before(segment.Sequence, expected))
            {
                return Reason.InvalidReset;
            }

            if (State == State.Established && _isAssured && segment.Sequence != expected && !isTrain)
            {
                Reason window = Copy().JudgeWindow(segment, fromInitiator, Kind.Rst);
                return window is Reason.Established or Reason.PassIgnored ? Reason.PassIgnored : Reason.InvalidReset;
            }
        }

        Reason reason = JudgeWindow(segment, fromInitiator, Kind.Rst);
        return reason is Reason.OutOfWindow or Reason.InvalidAcknowledgment ? Reason.InvalidReset : reason;
    }

    private Reason JudgeWindow(ReferenceSegment segment, bool fromInitiator, Kind kind)
    {
        if (!TracksWindow)
        {
            Remember(segment, fromInitiator);
            return Reason.Established;
        }

        Side sender = fromInitiator ? _initiator : _responder;
        Side receiver = fromInitiator ? _responder : _initiator;
        if (!sender.IsKnown && !Meet(sender, receiver, segment))
        {
            return Reason.Established;
        }

        bool restartsHandshake = segment.Syn && State is State.SynSent or State.SynReceived && Before(sender.End, segment.End);
        if (sender.IsKnown && restartsHandshake)
        {
            sender.Start(segment);
        }

        bool acknowledges = segment.Ack && !(segment.Rst && segment.Acknowledgment == 0);
        uint ack = acknowledges ? segment.Acknowledgment : receiver.End;
        uint sack = acknowledges && !segment.Syn && receiver.SackPermitted ? segment.SackEdges.Aggregate(ack, (high, edge) => Before(high, edge) ? edge : high) : ack;
        Reason reason = Bounds(sender, receiver, segment, sack);
        if (reason == Reason.Established)
        {
            sender.Send(segment, acknowledges ? ack : null, sack - ack);
            receiver.Receive(sender, segment, ack, sack, segment.End);
            Remember(segment, fromInitiator);
        }

        return reason;
    }

    /// <summary>The first segment of a side. False: nothing more to check (the SYN of a simultaneous open).</summary>
    private static bool Meet(Side sender, Side receiver, ReferenceSegment segment)
    {
        if (!segment.Syn)
        {
            sender.Join(segment);
            return true;
        }

        sender.Start(segment);
        if (sender.Scale is null || receiver.Scale is null)
        {
            sender.Scale = receiver.Scale = null;
        }

        return segment.Ack;
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
        bool isOld = receiver.IsKnown && (Before(segment.End, sender.End - receiver.WidestWindow) || Before(sack, receiver.End - slack));
        return isOld ? Reason.PassIgnored : Reason.Established;
    }

    /// <summary>
    /// A segment a little beyond the window is denied, yet the sender's end moves: if the peer acknowledges the data after all, that
    /// acknowledgment must not be refused for ever (E06).
    /// </summary>
    private bool KeepsOvershoot(ReferenceSegment segment, bool fromInitiator, Reason reason)
    {
        Side sender = fromInitiator ? _initiator : _responder;
        Side receiver = fromInitiator ? _responder : _initiator;
        if (reason != Reason.OutOfWindow || !sender.IsKnown || !receiver.IsKnown || segment.Rst)
        {
            return false;
        }

        uint overshoot = segment.End - sender.RightEdge + 1;
        bool acknowledgmentIsGood = !segment.Ack
            || (!Before(receiver.End, segment.Acknowledgment) && !Before(segment.Acknowledgment, receiver.End - Math.Max(AckSlack, sender.WidestWindow)));
        if (overshoot > receiver.WidestWindow || !acknowledgmentIsGood)
        {
            return false;
        }

        sender.End = segment.End;
        sender.HasUnacknowledged = true;
        return true;
    }

    /// <summary>The connection as it was but for one side's end.</summary>
    private ReferenceTcp Only(ReferenceTcp before, bool fromInitiator)
    {
        ReferenceTcp kept = before.Copy();
        (Side mine, Side theirs) = fromInitiator ? (kept._initiator, _initiator) : (kept._responder, _responder);
        mine.End = theirs.End;
        mine.HasUnacknowledged = true;
        return kept;
    }

    private void Remember(ReferenceSegment segment, bool fromInitiator)
    {
        if (KindOf(segment) == Kind.Ack)
        {
            (bool, uint, uint, uint, ushort) now = (fromInitiator, segment.Sequence, segment.Acknowledgment, segment.End, segment.Window);
            _repeats = _lastAck == now && _last?.FromInitiator == fromInitiator ? _repeats + 1 : 0;
            _lastAck = now;
        }
    }

    /// <summary>One end: what it sent, how far it may send, the widest window it offered.</summary>
    private sealed record Side
    {
        public bool IsKnown { get; private set; }

        public uint FirstSequence { get; private set; }

        public uint End { get; set; }

        public uint RightEdge { get; private set; }

        public uint WidestWindow { get; private set; }

        public uint? HighestAck { get; private set; }

        public int? Scale { get; set; }

        public bool SackPermitted { get; private set; }

        public bool HasUnacknowledged { get; set; }

        public void Start(ReferenceSegment syn)
        {
            IsKnown = true;
            FirstSequence = syn.Sequence;
            End = RightEdge = syn.End;
            WidestWindow = Math.Max(syn.Window, 1u);
            Scale = syn.WindowScale;
            SackPermitted = syn.SackPermitted;
        }

        public void Join(ReferenceSegment segment)
        {
            IsKnown = true;
            FirstSequence = segment.Sequence;
            End = segment.End;
            WidestWindow = Math.Max((uint)segment.Window << (Scale ?? 0), 1u);
            RightEdge = End + WidestWindow;
        }

        public void Send(ReferenceSegment segment, uint? ack, uint sacked)
        {
            WidestWindow = Math.Max(WidestWindow, WindowOf(segment) + sacked);
            if (Before(End, segment.End))
            {
                End = segment.End;
                HasUnacknowledged = true;
            }

            if (ack is { } number && (HighestAck is null || Before(HighestAck.Value, number)))
            {
                HighestAck = number;
            }
        }

        public void Receive(Side sender, ReferenceSegment segment, uint ack, uint sack, uint end)
        {
            if (!IsKnown)
            {
                return;
            }

            if (Before(sender.RightEdge, end))
            {
                WidestWindow += end - sender.RightEdge;
            }

            uint edge = sack + sender.WindowOf(segment);
            if (!Before(edge, RightEdge))
            {
                RightEdge = sender.WindowOf(segment) == 0 ? edge + 1 : edge;
            }

            if (ack == End)
            {
                HasUnacknowledged = false;
            }
        }

        private uint WindowOf(ReferenceSegment segment) => segment.Syn ? segment.Window : (uint)segment.Window << (Scale ?? 0);
    }
}
