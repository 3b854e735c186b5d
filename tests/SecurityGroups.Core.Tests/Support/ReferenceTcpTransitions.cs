using Kind = SecurityGroups.Tests.Support.ReferenceTcpKind;
using State = SecurityGroups.Tests.Support.ReferenceTcpState;

namespace SecurityGroups.Tests.Support;

/// <summary>The states of the reference model, apart from all numbers: where each kind of segment leads, and which pass without effect.</summary>
internal static class ReferenceTcpTransitions
{
    public static Kind KindOf(ReferenceSegment segment) =>
        segment.Rst ? Kind.Rst : segment.Syn ? segment.Ack ? Kind.SynAck : Kind.Syn : segment.Fin ? Kind.Fin : Kind.Ack;

    public static State? Transition(State state, Kind kind, bool fromInitiator, bool simultaneous) => (kind, state) switch
    {
        (Kind.Syn, State.SynSent) => fromInitiator ? State.SynSent : State.SynSent2,
        (Kind.Syn, State.SynSent2) => State.SynSent2,
        (Kind.SynAck, State.SynSent) when !fromInitiator => State.SynReceived,
        (Kind.SynAck, State.SynSent2) => State.SynReceived,
        (Kind.SynAck, State.SynReceived) when simultaneous && fromInitiator => State.SynReceived,
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

    public static bool IsIgnored(State state, Kind kind, bool fromInitiator) => (kind, fromInitiator) switch
    {
        (Kind.Syn, true) => true,
        (Kind.SynAck, false) => true,
        (Kind.Ack, false) => state is State.SynSent or State.SynSent2,
        _ => false,
    };
}
