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
            "what follows a SYN-ACK that was denied", "is judged as if it had not been", "is judged by its numbers, though it was dropped",
            "RFC 5961, 3.2 and 5: what nobody asked for proves nothing",
            difference => difference.Before.Any(IsDeniedSynAck),
            Witness.Told(P0, "> S 1000; < SA 5000 1001; > SA 1001 5003; < FA 5001 1002")),
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
            "what follows a RST in the window that is not at the next octet", "is judged as if it had not been: the receiver's challenge decides", "is judged by its numbers; or finds the connection closed, if a SYN was let pass before",
            "RFC 5961, 3.2: a blind attacker hits the window, not the octet; nor has a blind SYN more to say (RFC 5961, 4)",
            difference => difference.Before.Any(IsChallengedReset),
            Witness.Told(P0, "E; > S 2001; > R 1002; > S 3001; > A 1001 5001")),
        new(
            "what follows a FIN or RST that was denied", "is judged as if it had not been", "finds the last segment before it, or the SYN that was let pass, forgotten",
            "behaviour 3: what is denied changes nothing",
            difference => difference.Story.Any(IsAllowedReset) && difference.Before.Any(IsDeniedEnd),
            Witness.Told(P0, "E; > PA 1001+100 5001; < FA 5001 900000; > R 1101; > S 900000; > A 1101 5001")),
        new(
            "RST that refuses a SYN which was let pass, after other segments", "passes it and ends the connection", "knows it for that only behind the SYN",
            "the refusal may come behind acknowledgments that are under way; it names the SYN's number",
            difference => difference.IsLooser && difference.Last is { Kind: TcpSegmentKind.Rst, FromInitiator: false } && difference.Before.Any(IsSynLetPass),
            Witness.Told(P0, "E; > S 90000; < A 5001 1001; < RA 0 90001")),
        new(
            "what follows the answer to a SYN that was let pass, of a connection picked up", "is judged by the windows of the two", "is let pass, as all of a connection picked up",
            "both SYNs were seen: nothing is unknown any more",
            difference => difference.IsStricter && difference.Story[0].Kind != TcpSegmentKind.Syn && difference.Before.Any(judged => judged is { Kind: TcpSegmentKind.SynAck, Decision.Reason: Reason.Established }),
            Witness.Told(P0, "> A 1001 5001; > S 90000; < SA 7000 90001; < A 7001 90500", options: With(tracking => tracking with { PickUp = PickUp.Loose }))),
        new(
            "ACK that looks like the challenge to a SYN in LAST-ACK, outside the window", "denies it", "passes it",
            "RFC 5961, 4: a challenge has the current numbers",
            difference => difference.IsStricter && difference.Last is { Kind: TcpSegmentKind.Ack, State: "lastAck", FromInitiator: false } && difference.Before.Any(IsSynLetPass),
            Witness.Told(P0, "E; > FA 1001 5001; < FA 5001 1002; > S 90000; < A 5002 900000")),
        new(
            "what follows a RST with data, or acknowledges the numbers of a RST", "is judged as if it had none", "is judged as if they were part of the stream",
            "what a reset carries is a diagnostic, not data (RFC 9293, 3.10.7.4): nobody acknowledges it",
            difference => difference.Before.Any(judged => IsAllowedReset(judged) && (judged.Packet.TcpPayloadOctets > 0 || difference is { IsStricter: true, Reason: Reason.InvalidAcknowledgment })),
            Witness.Told(P0, "> S 1000; < SA 5000 1001; < R 5001+1400; > A 1001 6401")),
        new(
            "RST that acknowledges the SYN, with SACK blocks beyond it", "passes it", "drops it as invalid",
            "RFC 9293, 3.10.7.3: a reset in SYN-SENT is good if it acknowledges the SYN; no more is asked",
            difference => difference is { IsLooser: true, Last: { Kind: TcpSegmentKind.Rst, State: "synSent", FromInitiator: false } } && difference.Packet.Has(PacketTraits.Sack),
            Witness.Told(P0, "> S 1000 sackok=1; < RA 700 1001 sack=4000-5000")),
        new(
            "what follows the answer to a SYN that was let pass, when others came between the two", "is of the connection that begins again", "is of the old one: only the answer right behind the SYN counts",
            "acknowledgments under way may come between; the answer names the SYN's number",
            difference => difference.Before.Zip(difference.Before.Skip(1)).Any(pair => IsAnswerAnew(pair.Second) && !IsSynLetPass(pair.First)),
            Witness.Told(P0, "E; > S 90000; < A 5001 1001; < SA 7000 90001; > PA 90001+10 7001")),
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
            "SYN of the responder behind data that overtook its SYN-ACK", "denies `InvalidState`", "takes it for a simultaneous open",
            "RFC 5961, 4: who acknowledged the SYN does not open by itself, and the initiator would answer a blind SYN and refuse the true SYN-ACK",
            difference => difference.IsStricter && difference.Last is { Kind: TcpSegmentKind.Syn, State: "synSent", FromInitiator: false } && difference.Reason == Reason.InvalidState,
            Witness.Told(P0, "> S 1000; < PA 5001+100 1001; < S 90000")),
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

    private static bool IsDeniedSynAck(Judged judged) => judged is { Kind: TcpSegmentKind.SynAck, Decision.IsAllowed: false };

    private static bool IsSynLetPass(Judged judged) => judged is { Kind: TcpSegmentKind.Syn, FromInitiator: true, Decision.Reason: Reason.PassIgnored };

    private static bool IsAnswerAnew(Judged judged) =>
        judged is { Kind: TcpSegmentKind.SynAck, FromInitiator: false, Decision.Reason: Reason.Established, State: not ("synSent" or "synSent2") };

    private static bool IsChallengedReset(Judged judged) =>
        judged is { Kind: TcpSegmentKind.Rst, State: "established", Decision.Reason: Reason.PassIgnored };

    private static bool IsDeniedEnd(Judged judged) => judged is { Kind: TcpSegmentKind.Fin or TcpSegmentKind.Rst, Decision.IsAllowed: false };

    private static bool IsAllowedReset(Judged judged) => judged is { Kind: TcpSegmentKind.Rst, Decision.IsAllowed: true };

    private static bool IsCopiedAnswer(Judged judged) => judged is { Kind: TcpSegmentKind.SynAck, FromInitiator: false, Decision.Reason: Reason.PassIgnored };

    // Whether a segment of the responder begins beyond what the initiator's acknowledgments had offered, but within what its SYN had, or so little
    // beyond that its end was noted.
    private static bool UsesWindowOfSyn(IReadOnlyList<Judged> story)
    {
        Judged? passed = null;
        Judged? syn = null;
        Judged? answer = null;
        uint edge = 0;
        uint widest = 0;
        foreach (Judged judged in story.Where(judged => judged.IsTcp))
        {
            if (judged is { Kind: TcpSegmentKind.Syn, Decision.Reason: Reason.MatchedRule } or { Kind: TcpSegmentKind.Syn, State: "synSent", FromInitiator: true })
            {
                (syn, answer, widest) = (judged, null, judged.Packet.TcpWindow);
            }
            else if (judged.Kind == TcpSegmentKind.Syn)
            {
                passed = IsSynLetPass(judged) ? judged : passed;
            }
            else if (syn is not null && judged.Crossing.Direction == syn.Crossing.Direction)
            {
                bool counts = answer is not null && judged.Kind != TcpSegmentKind.Rst && judged.Decision.Reason == Reason.Established;
                edge = counts ? Later(edge, Offered(judged.Packet, syn.Packet, answer!.Packet)) : edge;
                widest = counts ? Math.Max(widest, WindowOf(judged.Packet, syn.Packet, answer!.Packet)) : widest;
            }
            else if (syn is not null && judged is { Kind: TcpSegmentKind.SynAck, Decision.Reason: Reason.Established })
            {
                syn = answer is null ? syn : passed ?? syn;
                answer = judged;
                edge = new TcpSegment(judged.Packet).End;
            }
            else if (answer is not null && SequenceNumber.IsAfter(judged.Packet.TcpSequence, edge)
                && judged.Packet.TcpSequence - (answer.Packet.TcpSequence + 1) <= syn!.Packet.TcpWindow + (judged.Decision.IsAllowed ? 0 : widest))
            {
                return true;
            }
        }

        return false;
    }

    private static uint Later(uint a, uint b) => SequenceNumber.IsAfter(b, a) ? b : a;

    private static uint Offered(in ParsedPacket packet, in ParsedPacket syn, in ParsedPacket answer)
    {
        uint acknowledged = packet.Has(PacketTraits.Sack) && answer.Has(PacketTraits.SackPermitted) ? Later(packet.TcpAcknowledgment, packet.TcpSackHighest) : packet.TcpAcknowledgment;
        return acknowledged + Math.Max(1, WindowOf(packet, syn, answer));
    }

    private static uint WindowOf(in ParsedPacket packet, in ParsedPacket syn, in ParsedPacket answer) =>
        (uint)packet.TcpWindow << (syn.Has(PacketTraits.WindowScale) && answer.Has(PacketTraits.WindowScale) ? syn.TcpWindowScale : 0);
}
