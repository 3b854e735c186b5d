using System.Runtime.CompilerServices;
using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>A packet seen as a TCP segment: the numbers that the window check works with.</summary>
internal readonly struct TcpSegment
{
    public readonly uint Sequence;

    /// <summary>Sequence number after the segment; SYN and FIN count.</summary>
    public readonly uint End;

    public readonly uint Acknowledgment;

    /// <summary>As <see cref="ParsedPacket.TcpSackHighest"/>.</summary>
    public readonly uint SackHighest;

    /// <summary>Unscaled.</summary>
    public readonly uint Window;

    public readonly TcpSegmentKind Kind;

    /// <summary>As <see cref="ParsedPacket.TcpWindowScale"/>.</summary>
    public readonly byte WindowScale;

    private readonly uint _payloadOctets;
    private readonly TcpFlags _flags;
    private readonly PacketTraits _traits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TcpSegment(in ParsedPacket packet)
    {
        Sequence = packet.TcpSequence;
        End = packet.TcpSequence + packet.TcpPayloadOctets
            + ((packet.TcpFlags & TcpFlags.Syn) != 0 ? 1u : 0) + ((packet.TcpFlags & TcpFlags.Fin) != 0 ? 1u : 0);
        Acknowledgment = packet.TcpAcknowledgment;
        SackHighest = packet.TcpSackHighest;
        Window = packet.TcpWindow;
        Kind = TcpStates.KindOf(packet.TcpFlags);
        _payloadOctets = packet.TcpPayloadOctets;
        WindowScale = packet.TcpWindowScale;
        _flags = packet.TcpFlags;
        _traits = packet.Traits;
    }

    private TcpSegment(in PlainPacket syn, SynOffers offers)
        : this(syn)
    {
        End++;
        Kind = TcpSegmentKind.Syn;
        WindowScale = offers.WindowScale;
        _flags = TcpFlags.Syn;
        _traits |= offers.Traits;
    }

    /// <summary>An acknowledgment in the middle of a connection.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TcpSegment(in PlainPacket segment)
    {
        Sequence = segment.Sequence;
        End = segment.Sequence + segment.PayloadOctets;
        Acknowledgment = segment.Acknowledgment;
        Window = segment.Window;
        Kind = TcpSegmentKind.Ack;
        _payloadOctets = segment.PayloadOctets;
        _flags = TcpFlags.Ack;
        _traits = PacketTraits.Ports;
    }

    /// <summary>A plain packet that opens a connection: a SYN, or with pick-up an acknowledgment.</summary>
    public static TcpSegment Opening(in PlainPacket segment) => segment.IsSyn ? new TcpSegment(segment, segment.Offers) : new TcpSegment(segment);

    /// <summary>Some stacks set ACK on a reset and acknowledge 0: it says nothing.</summary>
    public bool HasAcknowledgment => HasAckFlag && ((_flags & TcpFlags.Rst) == 0 || Acknowledgment != 0);

    public bool HasPayload => _payloadOctets != 0;

    public bool HasAckFlag => (_flags & TcpFlags.Ack) != 0;

    public bool IsSyn => Kind is TcpSegmentKind.Syn or TcpSegmentKind.SynAck;

    public bool Has(PacketTraits trait) => (_traits & trait) != 0;
}
