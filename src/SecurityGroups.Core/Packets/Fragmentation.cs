namespace SecurityGroups.Packets;

/// <summary>What fragments of both address families must keep to.</summary>
internal static class Fragmentation
{
    private const int MaximumDatagramOctets = 65535;
    private const int UnitOctets = 8;

    /// <summary>
    /// Notes a fragment whose data are the packet's transport octets. <paramref name="precedingOctets"/> are those that count
    /// towards the reassembled datagram's length field besides the data.
    /// </summary>
    public static Reason Read(int offset, bool more, int precedingOctets, ref ParsedPacket packet)
    {
        // An atomic fragment is a whole packet (RFC 6946).
        if (offset == 0 && !more)
        {
            return Reason.NotEvaluated;
        }

        packet.FragmentOffset = offset;
        packet.FragmentDataOffset = packet.TransportOffset;
        packet.FragmentProtocol = packet.Protocol;
        packet.Traits |= offset == 0 ? PacketTraits.Fragment
            : more ? PacketTraits.Fragment | PacketTraits.LaterFragment
            : PacketTraits.Fragment | PacketTraits.LaterFragment | PacketTraits.LastFragment;

        // Ping of death: no datagram reaches beyond its own length field.
        if (packet.TransportOctets > MaximumDatagramOctets - precedingOctets - offset)
        {
            return Reason.Malformed;
        }

        if (packet.TransportOctets == 0)
        {
            return offset == 0 ? Reason.TinyFragment : Reason.Malformed;
        }

        return more && offset > 0 && IsUneven(packet) ? Reason.Malformed : Reason.NotEvaluated;
    }

    /// <summary>
    /// Whether the data end between 8-octet units, as only those of a last fragment may: stacks differ in what they make of others
    /// (RFC 8200 discards, Linux cuts IPv4 data back, perhaps into the transport header). Of a first fragment it is asked after the
    /// transport header was read, which gives the better reason; the extension headers in between are whole units.
    /// </summary>
    public static bool IsUneven(in ParsedPacket packet) => packet.TransportOctets % UnitOctets != 0;
}
