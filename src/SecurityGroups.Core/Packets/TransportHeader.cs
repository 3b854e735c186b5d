namespace SecurityGroups.Packets;

/// <summary>Chooses the reader of the transport protocol, and judges what needs addresses and ports together.</summary>
internal static class TransportHeader
{
    /// <param name="octets">Captured octets from the transport header to the end of the IP packet, never more than its transport octets.</param>
    /// <param name="options">What is accepted.</param>
    /// <param name="packet">Read up to here.</param>
    public static Reason Read(ReadOnlySpan<byte> octets, in ParserOptions options, ref ParsedPacket packet)
    {
        if (packet.Has(PacketTraits.LaterFragment))
        {
            // RFC 1858, RFC 3128: a later fragment that begins inside the transport header rewrites what the first one showed.
            return packet.FragmentOffset < MinimumOctetsOf(packet.Protocol) ? Reason.TinyFragment : Reason.NotEvaluated;
        }

        // RFC 7112: a first fragment shows its whole header chain; of an upper header that is not read, at least that it is there.
        if (packet.Has(PacketTraits.Fragment) && packet.TransportOctets == 0 && packet.Protocol != ProtocolNumbers.NoNextHeader)
        {
            return Reason.TinyFragment;
        }

        Reason reason = ReadByProtocol(octets, options, ref packet);
        if (reason == Reason.NotEvaluated && packet.Has(PacketTraits.Fragment) && Fragmentation.IsUneven(packet))
        {
            return Reason.Malformed;
        }

        return reason == Reason.NotEvaluated && IsLand(packet) ? Reason.Land : reason;
    }

    /// <summary>
    /// Octets of a first fragment that were inspected, counted from the transport header: its options included, of an ICMP error all there
    /// are, as the quote was read too.
    /// </summary>
    public static int InspectedOctets(ReadOnlySpan<byte> bytes, in ParsedPacket packet) => packet.Protocol switch
    {
        ProtocolNumbers.Tcp => packet.TransportOctets - (int)packet.TcpPayloadOctets,
        ProtocolNumbers.Udp or ProtocolNumbers.UdpLite => UdpHeader.Octets,
        ProtocolNumbers.Sctp => SctpHeader.Octets,
        ProtocolNumbers.Dccp => DccpHeader.OctetsOf(bytes[packet.TransportOffset..]),
        _ when packet.Has(PacketTraits.IcmpError) => packet.TransportOctets,
        _ => packet.Has(PacketTraits.Icmp) ? IcmpHeader.Octets : 0,
    };

    private static Reason ReadByProtocol(ReadOnlySpan<byte> octets, in ParserOptions options, ref ParsedPacket packet) => packet.Protocol switch
    {
        ProtocolNumbers.Tcp => TcpHeader.Read(octets, options, ref packet),
        ProtocolNumbers.Udp => UdpHeader.Read(octets, options, ref packet),
        ProtocolNumbers.UdpLite => UdpHeader.ReadLite(octets, options, ref packet),
        ProtocolNumbers.Sctp => SctpHeader.Read(octets, options, ref packet),
        ProtocolNumbers.Dccp => DccpHeader.Read(octets, options, ref packet),
        ProtocolNumbers.Icmp when packet.Kind == PacketKind.IPv4 => IcmpHeader.Read(octets, options, ref packet),
        ProtocolNumbers.IcmpV6 when packet.Kind == PacketKind.IPv6 => IcmpHeader.Read(octets, options, ref packet),
        _ => Reason.NotEvaluated,
    };

    private static int MinimumOctetsOf(byte protocol) => protocol switch
    {
        ProtocolNumbers.Tcp => TcpHeader.MinimumOctets,
        ProtocolNumbers.Sctp => SctpHeader.Octets,
        ProtocolNumbers.Dccp => DccpHeader.MinimumOctets,
        _ => 0,
    };

    private static bool IsLand(in ParsedPacket packet) =>
        packet.Source == packet.Destination && (!packet.Has(PacketTraits.Ports) || packet.SourcePort == packet.DestinationPort);
}
