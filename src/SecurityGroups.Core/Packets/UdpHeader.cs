using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>The header of UDP (RFC 768) and UDP-Lite (RFC 3828).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct UdpHeader
{
    public const int Octets = 8;

    public TransportPorts Ports;

    /// <summary>UDP: octets of header and payload. UDP-Lite: octets that the checksum covers, 0 = all.</summary>
    public UInt16BigEndian LengthOrCoverage;

    public UInt16BigEndian Checksum;

    public static Reason Read(ReadOnlySpan<byte> octets, in ParserOptions options, ref ParsedPacket packet)
    {
        Reason reason = TransportPorts.Read(octets, Octets, options, ref packet);
        if (reason != Reason.NotEvaluated)
        {
            return reason;
        }

        ref readonly UdpHeader header = ref MemoryMarshal.AsRef<UdpHeader>(octets);
        int length = header.LengthOrCoverage;
        if (length < Octets || IsBeyond(length, packet))
        {
            return Reason.Malformed;
        }

        return !options.VerifyChecksums || IsChecksumValid(octets, header.Checksum, length, packet) ? Reason.NotEvaluated : Reason.BadChecksum;
    }

    public static Reason ReadLite(ReadOnlySpan<byte> octets, in ParserOptions options, ref ParsedPacket packet)
    {
        Reason reason = TransportPorts.Read(octets, Octets, options, ref packet);
        if (reason != Reason.NotEvaluated)
        {
            return reason;
        }

        ref readonly UdpHeader header = ref MemoryMarshal.AsRef<UdpHeader>(octets);
        int coverage = header.LengthOrCoverage == 0 ? packet.TransportOctets : header.LengthOrCoverage;
        if (coverage < Octets || IsBeyond(coverage, packet))
        {
            return Reason.Malformed;
        }

        bool isBad = options.VerifyChecksums && !Packets.Checksum.IsValidTransport(octets, coverage, packet.TransportOctets, packet);
        return isBad ? Reason.BadChecksum : Reason.NotEvaluated;
    }

    // Of a fragmented datagram the first fragment holds only a part.
    private static bool IsBeyond(int octets, in ParsedPacket packet) => octets > packet.TransportOctets && !packet.Has(PacketTraits.Fragment);

    // 0 says that there is no checksum (RFC 768); IPv6 requires one (RFC 8200 8.1).
    private static bool IsChecksumValid(ReadOnlySpan<byte> octets, ushort checksum, int length, in ParsedPacket packet) => checksum == 0
        ? packet.Kind == PacketKind.IPv4
        : Packets.Checksum.IsValidTransport(octets, length, length, packet);
}
