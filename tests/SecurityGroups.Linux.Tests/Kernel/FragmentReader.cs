using System.Buffers.Binary;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>Reads a piece of a datagram out of its packet, in the plainest way.</summary>
internal static class FragmentReader
{
    private const int IPv6Octets = 40;
    private const int FragmentHeaderOctets = 8;

    /// <summary>The piece, or null for a packet that is none: whole, an atomic fragment, or not to be read.</summary>
    public static FragmentOfDatagram? Read(ReadOnlySpan<byte> packet)
    {
        FragmentOfDatagram? piece = packet[0] >> 4 == 4 ? Read4(packet) : Read6(packet);
        return piece is null or { IsWhole: true } ? null : piece;
    }

    /// <summary>Whether it is a fragment that is a whole packet.</summary>
    public static bool IsAtomic(ReadOnlySpan<byte> packet) => packet[0] >> 4 == 6 && Read6(packet) is { IsWhole: true };

    private static FragmentOfDatagram Read4(ReadOnlySpan<byte> packet)
    {
        ushort field = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        int length = Math.Min(packet.Length, BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        int header = Math.Min((packet[0] & 15) * 4, length);
        uint identification = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        return new FragmentOfDatagram(identification, packet[9], (field & 0x1FFF) * 8, (field & 0x2000) != 0, packet[header..length].ToArray());
    }

    private static FragmentOfDatagram? Read6(ReadOnlySpan<byte> packet)
    {
        int offset = IPv6Octets;
        for (byte number = packet[6]; offset + FragmentHeaderOctets <= packet.Length;)
        {
            if (number == PacketBuilder.FragmentHeader)
            {
                ushort field = BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 2)..]);
                uint identification = BinaryPrimitives.ReadUInt32BigEndian(packet[(offset + 4)..]);
                return new FragmentOfDatagram(identification, packet[offset], field & 0xFFF8, (field & 1) != 0, packet[(offset + FragmentHeaderOctets)..].ToArray());
            }

            if (number is not (PacketBuilder.HopByHopHeader or PacketBuilder.RoutingHeader or PacketBuilder.DestinationOptionsHeader))
            {
                return null;
            }

            (number, offset) = (packet[offset], offset + ((packet[offset + 1] + 1) * 8));
        }

        return null;
    }
}
