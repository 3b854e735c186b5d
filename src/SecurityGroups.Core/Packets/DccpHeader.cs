using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>The DCCP generic header with a short sequence number (RFC 4340 5.1); its checksum is not verified.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct DccpHeader
{
    public const int MinimumOctets = 12;

    private const int ExtendedOctets = 16;

    public TransportPorts Ports;

    /// <summary>Octets of header and options in units of 4.</summary>
    public byte DataOffset;

    public byte ControlAndCoverage;
    public UInt16BigEndian Checksum;

    /// <summary>Packet type, and in bit 0 whether the sequence number has 48 bits.</summary>
    public byte TypeAndExtended;

    public byte Reserved;
    public UInt16BigEndian SequenceLow;

    /// <summary>Octets of header and options; the octets must hold a whole header.</summary>
    public static int OctetsOf(ReadOnlySpan<byte> octets) => MemoryMarshal.AsRef<DccpHeader>(octets).DataOffset * 4;

    public static Reason Read(ReadOnlySpan<byte> octets, in ParserOptions options, ref ParsedPacket packet)
    {
        Reason reason = TransportPorts.Read(octets, MinimumOctets, options, ref packet);
        if (reason != Reason.NotEvaluated)
        {
            return reason;
        }

        ref readonly DccpHeader header = ref MemoryMarshal.AsRef<DccpHeader>(octets);
        int headerOctets = header.DataOffset * 4;
        if (headerOctets < ((header.TypeAndExtended & 1) == 0 ? MinimumOctets : ExtendedOctets))
        {
            return Reason.Malformed;
        }

        return octets.Length < headerOctets ? FormError.TooShort(headerOctets, packet.TransportOctets, ref packet) : Reason.NotEvaluated;
    }
}
