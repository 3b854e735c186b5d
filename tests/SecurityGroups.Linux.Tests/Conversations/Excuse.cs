using SecurityGroups.Packets;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>
/// The denials that a legal conversation may meet: resets that come twice or too late. Their receivers would ignore them, and Linux calls
/// them invalid, too. Everything else fails.
/// </summary>
internal static class Excuse
{
    /// <summary>Which one applies to a denied packet, by the packets that came to the library before; null when none does.</summary>
    public static string? For(in Crossed denied, IEnumerable<Crossed> before)
    {
        ParsedPacket packet = PacketText.Parse(denied.Packet);
        if ((packet.TcpFlags & TcpFlags.Rst) == 0)
        {
            return null;
        }

        string flow = PacketText.FlowOf(denied.Packet);
        IEnumerable<Crossed> ofFlow = before.Where(each => PacketText.FlowOf(each.Packet) == flow);
        return IsRefusedAgain(denied, packet, ofFlow) ? "refused again" : IsLateAnswer(denied, packet, ofFlow) ? "late answer" : null;
    }

    /// <summary>A SYN was refused twice, because it or the reset was duplicated: the first reset ended the connection at once (behaviour T09).</summary>
    private static bool IsRefusedAgain(Crossed denied, ParsedPacket packet, IEnumerable<Crossed> before) =>
        denied.Decision.Reason == Reason.InvalidState && before.Any(each =>
        {
            ParsedPacket earlier = PacketText.Parse(each.Packet);
            return each.Direction == denied.Direction && each.Decision.Reason == Reason.Established
                && (earlier.TcpFlags, earlier.TcpSequence, earlier.TcpAcknowledgment) == (packet.TcpFlags, packet.TcpSequence, packet.TcpAcknowledgment);
        });

    /// <summary>
    /// An end that is gone answers an acknowledgment that came late with a reset of that number (RFC 9293, 3.10.7.1), and the tracker does not
    /// know yet that it is gone, because the reset that said so was lost or overtook the data before it. The number is below the window: the
    /// other end would ignore it (RFC 5961, 3.2; behaviour E12). It proves which acknowledgment is answered.
    /// </summary>
    private static bool IsLateAnswer(Crossed denied, ParsedPacket packet, IEnumerable<Crossed> before) =>
        denied.Decision.Reason == Reason.InvalidReset && (packet.TcpFlags & TcpFlags.Ack) == 0 && before.Any(each =>
            each.Direction != denied.Direction && PacketText.Parse(each.Packet).TcpAcknowledgment == packet.TcpSequence);
}
