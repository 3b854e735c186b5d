using System.Runtime.CompilerServices;
using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>A packet seen as a TCP segment: the numbers that the window check works with. Small, so that it travels in registers.</summary>
internal readonly ref struct TcpSegment
{
    /// <summary>The packet itself.</summary>
    public readonly ref readonly ParsedPacket Packet;

    /// <summary>Sequence number after the segment; SYN and FIN count.</summary>
    public readonly uint End;

    public readonly TcpSegmentKind Kind;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TcpSegment(in ParsedPacket packet)
    {
        Packet = ref packet;
        End = packet.TcpSequence + packet.TcpPayloadOctets
            + ((packet.TcpFlags & TcpFlags.Syn) != 0 ? 1u : 0) + ((packet.TcpFlags & TcpFlags.Fin) != 0 ? 1u : 0);
        Kind = TcpStates.KindOf(packet.TcpFlags);
    }

    public uint Sequence => Packet.TcpSequence;

    public uint Acknowledgment => Packet.TcpAcknowledgment;

    /// <summary>Unscaled.</summary>
    public uint Window => Packet.TcpWindow;

    /// <summary>Some stacks set ACK on a reset and acknowledge 0: it says nothing.</summary>
    public bool HasAcknowledgment =>
        (Packet.TcpFlags & TcpFlags.Ack) != 0 && ((Packet.TcpFlags & TcpFlags.Rst) == 0 || Packet.TcpAcknowledgment != 0);

    public bool HasPayload => Packet.TcpPayloadOctets != 0;

    public bool IsSyn => Kind is TcpSegmentKind.Syn or TcpSegmentKind.SynAck;

    public bool Has(PacketTraits trait) => Packet.Has(trait);
}
