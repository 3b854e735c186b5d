using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>Which octets of a datagram a fragment carries.</summary>
/// <param name="Start">Offset of its first octet.</param>
/// <param name="End">Offset after its last octet; the parser sees to it that a datagram ends at 65,535.</param>
/// <param name="IsLast">Whether the datagram ends with it.</param>
/// <param name="Protocol">The protocol it states; in IPv6 pieces of one datagram may differ, though none of a real sender do.</param>
internal readonly record struct FragmentPiece(ushort Start, ushort End, bool IsLast, byte Protocol)
{
    public static FragmentPiece From(in ParsedPacket packet)
    {
        int octets = packet.TransportOffset + packet.TransportOctets - packet.FragmentDataOffset;
        return new FragmentPiece(
            (ushort)packet.FragmentOffset, (ushort)(packet.FragmentOffset + octets), packet.Has(PacketTraits.LastFragment), packet.FragmentProtocol);
    }
}
