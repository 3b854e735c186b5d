namespace SecurityGroups.Packets;

/// <summary>
/// Bytes to <see cref="ParsedPacket"/>. Reads nothing past the end, throws nothing, allocates nothing.
/// </summary>
/// <remarks>
/// Each protocol has a file: a struct laid out as on the wire, and a reader that checks the length once and then looks at the octets
/// through that struct. A reader gets the octets captured from its header on and, where that can differ, the length that the
/// headers in front of it state; padding behind the IP packet is cut off before the transport is read. Pure functions, any thread.
/// </remarks>
internal static class PacketParser
{
    /// <summary>
    /// Reads one packet. <see cref="Reason.NotEvaluated"/> = the form is good; any other value is why the packet must be denied,
    /// and <paramref name="packet"/> then holds what was read so far.
    /// </summary>
    public static Reason Parse(ReadOnlySpan<byte> bytes, LinkType linkType, in ParserOptions options, out ParsedPacket packet) =>
        Parse(bytes, bytes.Length, linkType, options, out packet);

    /// <summary>As above for a packet cut by a capture: lengths are checked against <paramref name="originalLength"/>, headers against the bytes.</summary>
    public static Reason Parse(ReadOnlySpan<byte> bytes, int originalLength, LinkType linkType, in ParserOptions options, out ParsedPacket packet)
    {
        packet = default;
        int length = Math.Max(originalLength, bytes.Length);
        Reason reason = linkType == LinkType.Ethernet ? EthernetHeader.Read(bytes, length, ref packet) : ReadVersion(bytes, length, ref packet);
        if (reason != Reason.NotEvaluated)
        {
            return reason;
        }

        reason = ReadNetwork(bytes[packet.NetworkOffset..], length - packet.NetworkOffset, options, ref packet);
        return reason == Reason.NotEvaluated && packet.Kind is PacketKind.IPv4 or PacketKind.IPv6
            ? TransportHeader.Read(TransportOf(bytes, packet), options, ref packet)
            : reason;
    }

    private static Reason ReadVersion(ReadOnlySpan<byte> octets, int length, ref ParsedPacket packet)
    {
        if (octets.IsEmpty)
        {
            return FormError.TooShort(1, length, ref packet);
        }

        int version = octets[0] >> 4;
        packet.EtherType = version switch { 4 => EtherTypes.IPv4, 6 => EtherTypes.IPv6, _ => 0 };
        packet.Kind = version switch { 4 => PacketKind.IPv4, 6 => PacketKind.IPv6, _ => PacketKind.None };
        return packet.Kind == PacketKind.None ? Reason.Malformed : Reason.NotEvaluated;
    }

    private static Reason ReadNetwork(ReadOnlySpan<byte> octets, int length, in ParserOptions options, ref ParsedPacket packet) => packet.Kind switch
    {
        PacketKind.IPv4 => Ipv4Header.Read(octets, length, options, ref packet),
        PacketKind.IPv6 => Ipv6Header.Read(octets, length, options, ref packet),
        PacketKind.Arp => ArpHeader.Read(octets, length, ref packet),
        _ => Reason.NotEvaluated,
    };

    private static ReadOnlySpan<byte> TransportOf(ReadOnlySpan<byte> bytes, in ParsedPacket packet)
    {
        ReadOnlySpan<byte> octets = bytes[packet.TransportOffset..];
        return octets[..Math.Min(octets.Length, packet.TransportOctets)];
    }
}
