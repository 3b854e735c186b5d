using SecurityGroups.Packets;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>
/// The denials that a legal conversation may meet: resets and SYNs that come twice or too late, and what a SYN that came too late makes its
/// receiver say. Nobody would heed them, and Linux calls them invalid, too. Everything else fails.
/// </summary>
internal static class Excuse
{
    /// <summary>Which one applies to a denied packet, by the packets that came to the library before; null when none does.</summary>
    public static string? For(in Crossed denied, IEnumerable<Crossed> before)
    {
        ParsedPacket packet = PacketText.Parse(denied.Packet);
        string flow = PacketText.FlowOf(denied.Packet);
        IEnumerable<Crossed> ofFlow = before.Where(each => PacketText.FlowOf(each.Packet) == flow);
        return (packet.TcpFlags & (TcpFlags.Rst | TcpFlags.Syn | TcpFlags.Ack)) switch
        {
            TcpFlags.Syn or (TcpFlags.Syn | TcpFlags.Ack) when IsOvertakenSyn(denied, packet, ofFlow) => "overtaken SYN",
            TcpFlags.Rst or (TcpFlags.Rst | TcpFlags.Ack) when IsRefusedAgain(denied, packet, ofFlow) => "refused again",
            TcpFlags.Rst | TcpFlags.Ack when IsOvertakenRefusal(denied, packet, ofFlow) => "overtaken refusal",
            TcpFlags.Rst when IsLateAnswer(denied, packet, ofFlow) => "late answer",
            TcpFlags.Ack when IsOfUnaskedConnection(denied, packet, ofFlow) => "unasked connection",
            _ => null,
        };
    }

    /// <summary>
    /// Simultaneous open: the second SYN, or its double, comes behind the SYN-ACK with the same number, which said all that it says; or that
    /// SYN-ACK behind the ACK, when the connection stands. The tracker sees a SYN against the connection, as a blind attacker would send
    /// (RFC 5961, 4; behaviour E15).
    /// </summary>
    private static bool IsOvertakenSyn(Crossed denied, ParsedPacket packet, IEnumerable<Crossed> before) =>
        denied.Decision.Reason == Reason.InvalidState && before.Any(each =>
        {
            ParsedPacket earlier = PacketText.Parse(each.Packet);
            return each.Direction == denied.Direction && each.Decision.IsAllowed
                && (earlier.TcpFlags & TcpFlags.Syn) != 0 && earlier.TcpSequence == packet.TcpSequence;
        });

    /// <summary>
    /// Behind the library the network doubled a SYN, and the double came when its connection was gone: the responder opened another, which the
    /// initiator resets (RFC 9293, 3.5.1). What the responder says before the reset comes acknowledges no more than that SYN, has other numbers than
    /// the true answer to it, and is outside the window. Data come at once only with fast open, and numbers that the connection cannot have: its
    /// responder has sent its FIN.
    /// </summary>
    private static bool IsOfUnaskedConnection(Crossed denied, ParsedPacket packet, IEnumerable<Crossed> before)
    {
        ParsedPacket[] said = [.. before.Where(each => each.Direction == denied.Direction && each.Decision.Reason == Reason.Established).Select(each => PacketText.Parse(each.Packet))];
        return denied.Decision.Reason == Reason.OutOfWindow && said.Any(answer =>
            (answer.TcpFlags & (TcpFlags.Syn | TcpFlags.Ack)) == (TcpFlags.Syn | TcpFlags.Ack)
            && answer.TcpAcknowledgment == packet.TcpAcknowledgment && answer.TcpSequence + 1 != packet.TcpSequence
            && (packet.TcpPayloadOctets == 0 || said.Any(last => (last.TcpFlags & TcpFlags.Fin) != 0 && !IsBetween(answer, packet, last))));
    }

    private static bool IsBetween(ParsedPacket first, ParsedPacket packet, ParsedPacket last) =>
        packet.TcpSequence - first.TcpSequence <= last.TcpSequence + (uint)last.TcpPayloadOctets - first.TcpSequence;

    /// <summary>A SYN was refused twice, because it or the reset was duplicated: the first reset ended the connection at once (behaviour T09).</summary>
    private static bool IsRefusedAgain(Crossed denied, ParsedPacket packet, IEnumerable<Crossed> before) =>
        denied.Decision.Reason == Reason.InvalidState && before.Any(each =>
        {
            ParsedPacket earlier = PacketText.Parse(each.Packet);
            return each.Direction == denied.Direction && each.Decision.Reason == Reason.Established
                && (earlier.TcpFlags, earlier.TcpSequence, earlier.TcpAcknowledgment) == (packet.TcpFlags, packet.TcpSequence, packet.TcpAcknowledgment);
        });

    /// <summary>
    /// Simultaneous open: a SYN that came before its receiver had called was refused (number 0, RFC 9293, 3.10.7.1), and the SYN that this
    /// receiver sent next overtook the refusal. The other end is in SYN-RECEIVED by then, where number 0 is outside the window.
    /// </summary>
    private static bool IsOvertakenRefusal(Crossed denied, ParsedPacket packet, IEnumerable<Crossed> before)
    {
        bool Sent(Direction direction, Func<ParsedPacket, bool> matches) => before.Any(each =>
            each.Direction == direction && each.Decision.IsAllowed && PacketText.Parse(each.Packet) is { TcpFlags: TcpFlags.Syn } syn && matches(syn));
        Direction opposite = denied.Direction == Direction.Ingress ? Direction.Egress : Direction.Ingress;
        return denied.Decision.Reason == Reason.InvalidReset && packet.TcpSequence == 0
            && Sent(denied.Direction, _ => true) && Sent(opposite, syn => syn.TcpSequence + 1 == packet.TcpAcknowledgment);
    }

    /// <summary>
    /// An end that is gone answers an acknowledgment that came late with a reset of that number (RFC 9293, 3.10.7.1), and the tracker does not
    /// know yet that it is gone, because the reset that said so was lost or overtook the data before it. The number is below the window: the
    /// other end would ignore it (RFC 5961, 3.2; behaviour E12). It proves which acknowledgment is answered.
    /// </summary>
    private static bool IsLateAnswer(Crossed denied, ParsedPacket packet, IEnumerable<Crossed> before) =>
        denied.Decision.Reason == Reason.InvalidReset && before.Any(each =>
            each.Direction != denied.Direction && PacketText.Parse(each.Packet).TcpAcknowledgment == packet.TcpSequence);
}
