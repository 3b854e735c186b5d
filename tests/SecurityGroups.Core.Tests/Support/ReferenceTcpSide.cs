using static SecurityGroups.Tests.Support.ReferenceTcp;

namespace SecurityGroups.Tests.Support;

/// <summary>One end: what it sent, how far it may send, the widest window it offered.</summary>
internal sealed record ReferenceTcpSide
{
    public bool IsKnown { get; private set; }

    public uint FirstSequence { get; private set; }

    public uint End { get; set; }

    public uint RightEdge { get; private set; }

    public uint WidestWindow { get; private set; }

    public uint? HighestAck { get; private set; }

    /// <summary>How far data reached that came before the SYN-ACK.</summary>
    public uint? EarlyEnd { get; private set; }

    public int? Scale { get; private set; }

    public bool SackPermitted { get; set; }

    public bool HasUnacknowledged { get; set; }

    public void Start(ReferenceSegment syn, uint offered)
    {
        IsKnown = true;
        FirstSequence = syn.Sequence;
        RightEdge = syn.Ack ? syn.Sequence + 1 + offered : syn.End;
        bool isEarlyKnown = syn.Ack && EarlyEnd is { } early && Before(syn.End, early) && !Before(RightEdge, early);
        End = isEarlyKnown ? EarlyEnd!.Value : syn.End;
        WidestWindow = Math.Max(syn.Window, 1u);
        Scale = syn.WindowScale;
        SackPermitted = syn.SackPermitted;
    }

    public void MeetEarly(uint end, uint acknowledged)
    {
        EarlyEnd = EarlyEnd is { } known && !Before(known, end) ? known : end;
        HighestAck = acknowledged;
    }

    public void ForgetEarly() => (EarlyEnd, HighestAck) = (null, null);

    public void Join(ReferenceSegment segment)
    {
        IsKnown = true;
        FirstSequence = segment.Sequence;
        End = segment.End;
        WidestWindow = Math.Max(segment.Window, 1u);
        RightEdge = End + WidestWindow;
    }

    public void Send(ReferenceSegment segment, uint offered, uint? ack)
    {
        WidestWindow = Math.Max(WidestWindow, offered);
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

    /// <summary>The rest of a segment in pieces is not seen: all that its receiver offered may have been sent.</summary>
    public void MayReachTheEdge()
    {
        End = Before(End, RightEdge) ? RightEdge : End;
        HasUnacknowledged = false;
    }

    public void Receive(uint senderRightEdge, uint end, uint ack, uint edge)
    {
        if (IsKnown)
        {
            WidestWindow += Before(senderRightEdge, end) ? end - senderRightEdge : 0;
            RightEdge = Before(RightEdge, edge) ? edge : RightEdge;
        }

        HasUnacknowledged &= ack != End;
    }
}
