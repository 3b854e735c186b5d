using System.Buffers.Binary;

namespace SecurityGroups.Packets;

/// <summary>The Internet checksum (RFC 1071). Off by default, so it is written plainly: four octets a step.</summary>
internal static class Checksum
{
    /// <summary>Whether octets that include their checksum add up.</summary>
    public static bool IsValid(ReadOnlySpan<byte> octets) => Fold(Sum(octets)) == 0xFFFF;

    /// <summary>Whether a transport's octets and the pseudo-header (RFC 9293 3.1, RFC 8200 8.1) add up.</summary>
    public static bool IsValidTransport(ReadOnlySpan<byte> octets, in ParsedPacket packet) =>
        IsValidTransport(octets, packet.TransportOctets, packet.TransportOctets, packet);

    /// <summary>
    /// As above for a checksum over the first <paramref name="coveredOctets"/>. True also where it cannot be told: a fragment or a cut
    /// capture does not hold the whole datagram.
    /// </summary>
    public static bool IsValidTransport(ReadOnlySpan<byte> octets, int coveredOctets, int pseudoHeaderLength, in ParsedPacket packet)
    {
        if (packet.Has(PacketTraits.Fragment) || octets.Length < coveredOctets)
        {
            return true;
        }

        ulong pseudoHeader = SumOf(packet.Source) + SumOf(packet.Destination) + packet.Protocol + (uint)pseudoHeaderLength;
        return Fold(pseudoHeader + Sum(octets[..coveredOctets])) == 0xFFFF;
    }

    // A 64-bit sum of 32-bit words folds to the same 16 bits; it cannot overflow within a packet.
    private static ulong Sum(ReadOnlySpan<byte> octets)
    {
        ulong sum = 0;
        for (; octets.Length >= sizeof(uint); octets = octets[sizeof(uint)..])
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(octets);
        }

        for (int i = 0; i < octets.Length; i++)
        {
            sum += (ulong)octets[i] << (24 - (8 * i));
        }

        return sum;
    }

    private static ulong SumOf(UInt128 address) =>
        (uint)(address >> 96) + (ulong)(uint)(address >> 64) + (uint)(address >> 32) + (uint)address;

    private static ulong Fold(ulong sum)
    {
        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return sum;
    }
}
