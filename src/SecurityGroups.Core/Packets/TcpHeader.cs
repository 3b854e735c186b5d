using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>The TCP header (RFC 9293).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct TcpHeader
{
    public const int MinimumOctets = 20;

    // The combinations that netfilter's connection tracking takes, one bit each; PSH, ECE and CWR go with all of them.
    private const TcpFlags IgnoredFlags = TcpFlags.Psh | TcpFlags.Ece | TcpFlags.Cwr;
    private const ulong ValidFlags =
        (1UL << (int)TcpFlags.Syn) | (1UL << (int)(TcpFlags.Syn | TcpFlags.Urg)) | (1UL << (int)(TcpFlags.Syn | TcpFlags.Ack)) |
        (1UL << (int)TcpFlags.Rst) | (1UL << (int)(TcpFlags.Rst | TcpFlags.Ack)) |
        (1UL << (int)(TcpFlags.Fin | TcpFlags.Ack)) | (1UL << (int)(TcpFlags.Fin | TcpFlags.Ack | TcpFlags.Urg)) |
        (1UL << (int)TcpFlags.Ack) | (1UL << (int)(TcpFlags.Ack | TcpFlags.Urg));

    public UInt16BigEndian SourcePort;
    public UInt16BigEndian DestinationPort;
    public UInt32BigEndian Sequence;
    public UInt32BigEndian Acknowledgment;

    /// <summary>Data offset in the high half; the low half is reserved or AccECN's and ignored (RFC 9293, RFC 9768).</summary>
    public byte DataOffset;

    public TcpFlags Flags;
    public UInt16BigEndian Window;
    public UInt16BigEndian Checksum;
    public UInt16BigEndian UrgentPointer;

    public static Reason Read(ReadOnlySpan<byte> octets, in ParserOptions options, ref ParsedPacket packet)
    {
        if (octets.Length < MinimumOctets)
        {
            return FormError.TooShort(MinimumOctets, packet.TransportOctets, ref packet);
        }

        ref readonly TcpHeader header = ref MemoryMarshal.AsRef<TcpHeader>(octets);
        int headerOctets = (header.DataOffset >> 4) * 4;
        if (headerOctets < MinimumOctets)
        {
            return Reason.Malformed;
        }

        if (octets.Length < headerOctets)
        {
            return FormError.TooShort(headerOctets, packet.TransportOctets, ref packet);
        }

        Fill(header, headerOctets, ref packet);
        if ((packet.SourcePort == 0 || packet.DestinationPort == 0) && !options.AllowPortZero)
        {
            return Reason.Malformed;
        }

        if (options.VerifyChecksums && !Packets.Checksum.IsValidTransport(octets, packet))
        {
            return Reason.BadChecksum;
        }

        if (!AreValid(header.Flags))
        {
            return Reason.BadFlags;
        }

        if (headerOctets > MinimumOctets)
        {
            TcpOptions.Read(octets[MinimumOctets..headerOctets], ref packet);
        }

        return Reason.NotEvaluated;
    }

    private static void Fill(in TcpHeader header, int headerOctets, ref ParsedPacket packet)
    {
        packet.SourcePort = header.SourcePort;
        packet.DestinationPort = header.DestinationPort;
        packet.TcpSequence = header.Sequence;
        packet.TcpAcknowledgment = header.Acknowledgment;
        packet.TcpWindow = header.Window;
        packet.TcpFlags = header.Flags;
        packet.TcpPayloadOctets = (uint)(packet.TransportOctets - headerOctets);
        packet.Traits |= PacketTraits.Ports;
    }

    private static bool AreValid(TcpFlags flags) => ((ValidFlags >> (int)(flags & ~IgnoredFlags)) & 1) != 0;
}
