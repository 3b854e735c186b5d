using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>The SCTP common header (RFC 9260).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct SctpHeader
{
    public const int Octets = 12;

    private const int ChecksumOffset = 8;

    public TransportPorts Ports;
    public UInt32BigEndian VerificationTag;
    public UInt32BigEndian Checksum;

    public static Reason Read(ReadOnlySpan<byte> octets, in ParserOptions options, ref ParsedPacket packet)
    {
        Reason reason = TransportPorts.Read(octets, Octets, options, ref packet);
        if (reason != Reason.NotEvaluated)
        {
            return reason;
        }

        // A checksum covers the whole datagram, which a fragment or a cut capture does not hold.
        bool isWhole = octets.Length == packet.TransportOctets && !packet.Has(PacketTraits.Fragment);
        return options.VerifyChecksums && isWhole && !IsChecksumValid(octets) ? Reason.BadChecksum : Reason.NotEvaluated;
    }

    // RFC 9260 appendix A: CRC32c over the packet with a zero checksum field, stored least significant octet first.
    private static bool IsChecksumValid(ReadOnlySpan<byte> octets)
    {
        uint crc = uint.MaxValue;
        for (int i = 0; i < octets.Length; i++)
        {
            bool isField = i is >= ChecksumOffset and < ChecksumOffset + sizeof(uint);
            crc = BitOperations.Crc32C(crc, isField ? (byte)0 : octets[i]);
        }

        return ~crc == BinaryPrimitives.ReadUInt32LittleEndian(octets[ChecksumOffset..]);
    }
}
