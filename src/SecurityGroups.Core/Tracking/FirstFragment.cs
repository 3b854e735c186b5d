using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>What there is to know of a first fragment besides its verdict.</summary>
/// <param name="Piece">Its octets.</param>
/// <param name="HeaderOctets">Octets of the datagram that were inspected: extension headers, transport header and its options.</param>
/// <param name="Ports">Both ports, or ICMP identifier, type and code: another datagram's first fragment mostly differs in them.</param>
internal readonly record struct FirstFragment(FragmentPiece Piece, ushort HeaderOctets, uint Ports)
{
    public static FirstFragment From(ReadOnlySpan<byte> bytes, in ParsedPacket packet)
    {
        int headerOctets = packet.TransportOffset - packet.FragmentDataOffset + TransportHeader.InspectedOctets(bytes, packet);
        return new FirstFragment(FragmentPiece.From(packet), (ushort)headerOctets, ((uint)packet.SourcePort << 16) | packet.DestinationPort);
    }
}
