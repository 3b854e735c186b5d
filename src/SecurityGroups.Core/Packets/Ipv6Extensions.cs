using System.Buffers.Binary;

namespace SecurityGroups.Packets;

/// <summary>
/// Walks IPv6 extension headers (RFC 8200) up to the protocol that rules see. Each has its successor in octet 0 and, but for the
/// fragment header, its length in octet 1. ESP, no-next-header and every unknown number end the walk.
/// </summary>
internal static class Ipv6Extensions
{
    // RFC 8504 lets a node bound the chain; longer ones serve only to exhaust whoever walks them.
    private const int MaximumHeaders = 8;
    private const int MaximumOctets = 256;

    private const int MinimumOctets = 8;
    private const int AuthenticationMinimumOctets = 12;
    private const byte RoutingTypeSource = 0;
    private const byte RoutingTypeRpl = 3;
    private const byte RoutingTypeSegments = 4;

    public static bool IsExtension(byte number) => number is
        ProtocolNumbers.HopByHop or ProtocolNumbers.Routing or ProtocolNumbers.Fragment or ProtocolNumbers.AuthenticationHeader or
        ProtocolNumbers.DestinationOptions or ProtocolNumbers.Mobility or ProtocolNumbers.Hip or ProtocolNumbers.Shim6;

    /// <summary>Moves the packet's transport offset, octets and protocol behind the last header it walks.</summary>
    /// <param name="payload">What follows the fixed header, as far as it was captured.</param>
    /// <param name="options">What is accepted.</param>
    /// <param name="packet">Its protocol names the first header, its transport octets are the whole payload.</param>
    public static Reason Walk(ReadOnlySpan<byte> payload, in ParserOptions options, ref ParsedPacket packet)
    {
        int walkedOctets = 0;
        bool fragmentSeen = false;
        for (int headers = 0; IsExtension(packet.Protocol) && !packet.Has(PacketTraits.LaterFragment); headers++)
        {
            if (headers == MaximumHeaders)
            {
                return Reason.ExtensionHeaderLimit;
            }

            ReadOnlySpan<byte> rest = payload[walkedOctets..];
            int headerOctets = rest.Length < MinimumOctets ? MinimumOctets : OctetsOf(packet.Protocol, rest[1]);
            if (rest.Length < headerOctets)
            {
                return FormError.TooShort(headerOctets, packet.TransportOctets, ref packet);
            }

            // RFC 8200 4.1: hop-by-hop options stand first; a second fragment header could hide the transport from the first.
            bool outOfPlace = packet.Protocol == ProtocolNumbers.HopByHop ? headers > 0 : packet.Protocol == ProtocolNumbers.Fragment && fragmentSeen;
            if (outOfPlace)
            {
                return Reason.BadExtensionHeader;
            }

            if (walkedOctets + headerOctets > MaximumOctets)
            {
                return Reason.ExtensionHeaderLimit;
            }

            fragmentSeen |= packet.Protocol == ProtocolNumbers.Fragment;
            Reason reason = Step(rest[..headerOctets], walkedOctets, options, ref packet);
            if (reason != Reason.NotEvaluated)
            {
                return reason;
            }

            walkedOctets += headerOctets;
        }

        return Reason.NotEvaluated;
    }

    private static int OctetsOf(byte number, byte lengthField) => number switch
    {
        ProtocolNumbers.Fragment => MinimumOctets,
        ProtocolNumbers.AuthenticationHeader => (lengthField + 2) * 4,
        _ => (lengthField + 1) * 8,
    };

    private static Reason Step(ReadOnlySpan<byte> header, int precedingOctets, in ParserOptions options, ref ParsedPacket packet)
    {
        byte number = packet.Protocol;
        packet.Traits |= PacketTraits.ExtensionHeaders;
        packet.Protocol = header[0];
        packet.TransportOffset += header.Length;
        packet.TransportOctets -= header.Length;
        return number switch
        {
            ProtocolNumbers.HopByHop => Ipv6Options.Read(header[2..], hopByHop: true, ref packet),
            ProtocolNumbers.DestinationOptions => Ipv6Options.Read(header[2..], hopByHop: false, ref packet),
            ProtocolNumbers.Fragment => ReadFragment(header, precedingOctets, ref packet),
            ProtocolNumbers.Routing when IsSourceRoute(header[2], header[3], options.AllowSourceRoute) => Reason.BadExtensionHeader,
            // RFC 4302 2.2: counted in 4-octet units, but in IPv6 a multiple of 8.
            ProtocolNumbers.AuthenticationHeader when header.Length < AuthenticationMinimumOctets || header.Length % 8 != 0 => Reason.Malformed,
            _ => Reason.NotEvaluated,
        };
    }

    // RFC 5095 abolished type 0. With segments left, RPL (RFC 6554) and segment routing (RFC 8754) show an intermediate destination, so that
    // the rules would judge another packet than the one that arrives: what RFC 7126 says of IPv4's source routes.
    private static bool IsSourceRoute(byte type, byte segmentsLeft, bool isAllowed) =>
        type == RoutingTypeSource || (type is RoutingTypeRpl or RoutingTypeSegments && segmentsLeft > 0 && !isAllowed);

    private static Reason ReadFragment(ReadOnlySpan<byte> header, int precedingOctets, ref ParsedPacket packet)
    {
        int offsetAndMore = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        packet.FragmentIdentification = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        return Fragmentation.Read(offsetAndMore & 0xFFF8, (offsetAndMore & 1) != 0, precedingOctets, ref packet);
    }
}
