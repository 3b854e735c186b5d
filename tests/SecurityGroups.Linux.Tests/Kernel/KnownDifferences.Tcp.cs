using SecurityGroups.Packets;
using SecurityGroups.Tracking;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Linux.Tests.Kernel;

// TCP: windows, resets, states.
internal static partial class KnownDifferences
{
    private const string Closed = "E; > FA 1001 5001; < FA 5001 1002; > A 1002 5002";

    private static IReadOnlyList<KnownDifference> Tcp =>
    [
        new(
            "data or FIN a little beyond the window", "denies `OutOfWindow`", "passes it, and changes no state (since 6.3)",
            "behaviour E02, E06, C10; its receiver drops what lies beyond its window (RFC 9293, 3.10.7.4). The end is noted, so that nothing stalls",
            difference => difference.IsStricter && difference.Reason == Reason.OutOfWindow && difference.Last.State.Length > 0,
            Witness.Told(P0, "E; < PA 15002+1 1001")),
        new(
            "RST beyond the window", "denies `InvalidReset`", "passes it as it passes data there, and changes no state",
            "behaviour E12; RFC 5961, 3.2: outside the window a reset is dropped silently",
            difference => IsStricterReset(difference) && difference.Last.State is "established" or "synReceived",
            Witness.Told(P0, "E; < R 16002")),
        new(
            "RST of the responder in SYN-SENT that does not acknowledge the SYN", "denies `InvalidReset`", "passes it and forgets the connection",
            "behaviour 3 \"Blind RST\"; RFC 9293, 3.10.7.3",
            difference => IsStricterReset(difference) && difference.Last.State == "synSent",
            Witness.Told(P0, "> S 1000; < R 0")),
        new(
            "RST of the initiator in SYN-SENT", "passes it; it ends the connection only at the next number", "passes it or not, and forgets the connection, by windows that say nothing yet",
            "it may answer a segment of a connection long gone, then the SYN stands (RFC 9293, 3.5.1); with a number that nobody knows it must end nothing",
            difference => difference.IsLooser && difference.Last is { Kind: TcpSegmentKind.Rst, State: "synSent", FromInitiator: true },
            Witness.Told(P0, "> S 1000; > RA 1001 70000")),
        new(
            "RST outside the window after the first FIN or reset", "denies `InvalidReset`", "passes any, as the five-tuple may be in use anew",
            "RFC 5961, 3.2 knows no such state; a five-tuple in use anew is told by its SYN, which is remembered",
            difference => IsStricterReset(difference) && IsClosing(difference.Last.State),
            Witness.Told(P0, "E; > FA 1001 5001; < R 900000")),
        new(
            "SYN-ACK of the initiator that was sent no SYN", "denies `InvalidState`", "passes it in SYN-RECEIVED",
            "only a simultaneous open has the initiator send one (RFC 9293, 3.5)",
            difference => difference.IsStricter && difference.Reason == Reason.InvalidState && difference.Last is { Kind: TcpSegmentKind.SynAck, FromInitiator: true, State: "synReceived" },
            Witness.Told(P0, "> S 1000; < SA 5000 1001; > SA 1000 5001")),
        new(
            "what follows a SYN-ACK that does not acknowledge the SYN", "still waits for the answer: SYN-SENT", "took that for the answer, if it was near",
            "RFC 9293, 3.10.7.3: the initiator resets it and goes on waiting; decisions.md wants no lag there",
            difference => difference.Before.Any(IsStaleAnswer),
            Witness.Told(P0, "> S 1000; < SA 5000 900; > A 900 5001")),
        new(
            "what follows a RST that ends a connection before the handshake did", "begins with nothing known", "keeps a closed entry, if an ACK was let pass before",
            "behaviour T09, T19: removed at once",
            difference => difference.Before.Any(IsEarlyEnd) || difference.Before.Any(RefusesAnswer),
            Witness.Told(P0, "> S 1000; < A 9000 77; < RA 0 1001; < FA 9000 1001")),
        new(
            "what follows late copies of the first SYN and SYN-ACK", "knows them for copies", "begins again with them, and knows the connection no more",
            "RFC 9293, 3.4.1: new numbers are higher than those before",
            difference => difference.Before.Any(IsCopiedAnswer),
            Witness.Told(P0, "E; > PA 1001+5000 5001; < PA 5001+5000 6001; > S 1000; < SA 5000 1001; > PA 6001+100 10001")),
        new(
            "acknowledgment of numbers that only a RST had", "denies `InvalidAcknowledgment`", "passes it",
            "what a reset carries is a diagnostic, not data (RFC 9293, 3.10.7.4): nobody acknowledges it",
            difference => difference is { IsStricter: true, Reason: Reason.InvalidAcknowledgment or Reason.InvalidReset } && difference.Before.Any(IsPassedReset),
            Witness.Told(P0, "E; < R 5002+100; > A 1001 5102")),
        new(
            "what follows a SYN in TIME-WAIT that no rule allows", "keeps the connection: the last segments may come again", "forgot the connection for it",
            "behaviour 3: a blind SYN ends nothing (RFC 5961, 4)",
            difference => difference.Before.Any(judged => judged is { Kind: TcpSegmentKind.Syn, State: "timeWait", Decision.Reason: Reason.NoMatchingRule }),
            Witness.Told(P0, $"{Closed}; < S 900000; < A 5002 1002")),
        new(
            "what follows an old SYN in TIME-WAIT or after a reset", "keeps the connection, unless a SYN-ACK answers it: the last segments may come again", "began a new connection with it",
            "RFC 1122, 4.2.2.13: a new connection begins beyond the numbers used; a SYN among them is a duplicate that strayed",
            difference => difference.Before.Any(judged => judged is { Kind: TcpSegmentKind.Syn, State: "timeWait" or "close", Decision.Reason: Reason.PassIgnored }),
            Witness.Told(P0, $"{Closed}; > S 1000; < FA 5001 1002")),
        new(
            "what follows a RST in TIME-WAIT, or below the window of a closing connection", "is still in that state", "closed the connection",
            "behaviour C06; RFC 1337; below the window a reset is ignored (RFC 5961, 3.2)",
            difference => difference.Before.Any(judged => judged is { Kind: TcpSegmentKind.Rst, Decision.Reason: Reason.PassIgnored } && IsClosing(judged.State)),
            Witness.Told(Web(EgressAll, IngressAll), $"{Closed}; < R 5002; < S 900000")),
        new(
            "FIN of the responder that overtakes its SYN-ACK", "passes it, if it acknowledges the SYN", "drops it as invalid",
            "fast open (RFC 7413): data and FIN may follow the SYN-ACK at once, and the network may reorder them",
            difference => difference is { IsLooser: true, Last: { Kind: TcpSegmentKind.Fin, State: "synSent", FromInitiator: false } },
            Witness.Told(P0, "> S 1000; < FA 5001 1001")),
        new(
            "what follows data that overtook the SYN-ACK", "knows how far they reach", "does not, and refuses their acknowledgment",
            "fast open (RFC 7413) through reordering: the connection would hang",
            difference => difference.Before.Any(judged => judged is { Kind: TcpSegmentKind.Ack or TcpSegmentKind.Fin, State: "synSent", FromInitiator: false, Decision.Reason: Reason.PassIgnored }),
            Witness.Told(P0, "> S 1000; < PA 5001+3000 1001; < SA 5000 1001; > A 1001 8001")),
        new(
            "what uses the window that the SYN offered", "is in the window", "is not, before an ACK of the initiator says so",
            "fast open (RFC 7413, 4.2): the responder sends before the third ACK; the window of a SYN is never scaled (RFC 7323, 2.2)",
            difference => UsesWindowOfSyn(difference.Story),
            Witness.Told(P0, "> S 1000 win=100; < SA 5000 1001; < PA 5001+90 1001; < PA 5091+1000 1001; > A 1001 6091 win=65535; < A 6091 900")),
        new(
            "what follows a SYN of the initiator after a reset", "has a new connection, if the rules allow it", "waits for the SYN-ACK, if it was the responder that reset",
            "behaviour C07",
            difference => difference.Before.Any(judged => judged is { Kind: TcpSegmentKind.Syn, State: "close", Decision.Reason: Reason.MatchedRule or Reason.NoMatchingRule }),
            Witness.Told(P0, "E; < R 5001; > S 900000; > A 1001 5001")),
    ];

    private static bool IsStricterReset(Difference difference) => difference.IsStricter && difference.Reason == Reason.InvalidReset;

    private static bool IsClosing(string state) => state is "finWait" or "closeWait" or "lastAck" or "timeWait" or "close";

    private static bool IsStaleAnswer(Judged judged) => judged is { Kind: TcpSegmentKind.SynAck, State: "synSent", FromInitiator: false, Decision.Reason: Reason.PassIgnored };

    private static bool IsEarlyEnd(Judged judged) => judged is { Kind: TcpSegmentKind.Rst, State: "synSent", Decision.Reason: Reason.Established };

    private static bool RefusesAnswer(Judged judged) => judged is { Kind: TcpSegmentKind.Rst, State: "synSent", Decision.Reason: Reason.PassIgnored };

    private static bool IsPassedReset(Judged judged) => judged is { Kind: TcpSegmentKind.Rst, Decision.IsAllowed: true };

    private static bool IsCopiedAnswer(Judged judged) => judged is { Kind: TcpSegmentKind.SynAck, FromInitiator: false, Decision.Reason: Reason.PassIgnored };

    // Whether a segment of the responder begins beyond what the initiator's acknowledgments had offered, but within what its SYN had.
    private static bool UsesWindowOfSyn(IReadOnlyList<Judged> story)
    {
        Judged? passed = null;
        Judged? syn = null;
        Judged? answer = null;
        uint edge = 0;
        foreach (Judged judged in story.Where(judged => judged.IsTcp))
        {
            if (judged is { Kind: TcpSegmentKind.Syn, Decision.Reason: Reason.MatchedRule } or { Kind: TcpSegmentKind.Syn, State: "synSent", FromInitiator: true })
            {
                (syn, answer) = (judged, null);
            }
            else if (judged.Kind == TcpSegmentKind.Syn)
            {
                passed = judged;
            }
            else if (syn is not null && judged.Crossing.Direction == syn.Crossing.Direction)
            {
                edge = answer is null || !judged.Decision.IsAllowed ? edge : Later(edge, Offered(judged.Packet, syn.Packet, answer.Packet));
            }
            else if (syn is not null && judged is { Kind: TcpSegmentKind.SynAck, Decision.Reason: Reason.Established })
            {
                syn = answer is null ? syn : passed ?? syn;
                answer = judged;
                edge = new TcpSegment(judged.Packet).End;
            }
            else if (answer is not null && SequenceNumber.IsAfter(judged.Packet.TcpSequence, edge)
                && judged.Packet.TcpSequence - (answer.Packet.TcpSequence + 1) <= syn!.Packet.TcpWindow)
            {
                return true;
            }
        }

        return false;
    }

    private static uint Later(uint a, uint b) => SequenceNumber.IsAfter(b, a) ? b : a;

    private static uint Offered(in ParsedPacket packet, in ParsedPacket syn, in ParsedPacket answer)
    {
        bool isScaled = syn.Has(PacketTraits.WindowScale) && answer.Has(PacketTraits.WindowScale);
        uint window = (uint)packet.TcpWindow << (isScaled ? syn.TcpWindowScale : 0);
        uint acknowledged = packet.Has(PacketTraits.Sack) && answer.Has(PacketTraits.SackPermitted) ? Later(packet.TcpAcknowledgment, packet.TcpSackHighest) : packet.TcpAcknowledgment;
        return acknowledged + Math.Max(1, window);
    }
}
