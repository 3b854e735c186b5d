using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>The numbers of a TCP segment that the window check works with.</summary>
internal readonly struct TcpSegment(in ParsedPacket packet)
{
    public readonly uint Sequence = packet.TcpSequence;

    /// <summary>Sequence number after the segment; SYN and FIN count.</summary>
    public readonly uint End = packet.TcpSequence + packet.TcpPayloadOctets
        + ((packet.TcpFlags & TcpFlags.Syn) != 0 ? 1u : 0) + ((packet.TcpFlags & TcpFlags.Fin) != 0 ? 1u : 0);

    public readonly uint Acknowledgment = packet.TcpAcknowledgment;

    /// <summary>Unscaled.</summary>
    public readonly uint Window = packet.TcpWindow;

    public readonly TcpSegmentKind Kind = TcpStates.KindOf(packet.TcpFlags);

    /// <summary>Some stacks set ACK on a reset and acknowledge 0: it says nothing.</summary>
    public readonly bool HasAcknowledgment =
        (packet.TcpFlags & TcpFlags.Ack) != 0 && ((packet.TcpFlags & TcpFlags.Rst) == 0 || packet.TcpAcknowledgment != 0);

    public readonly bool HasPayload = packet.TcpPayloadOctets != 0;

    public bool IsSyn => Kind is TcpSegmentKind.Syn or TcpSegmentKind.SynAck;
}
