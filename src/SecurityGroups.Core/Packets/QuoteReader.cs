using System.Buffers.Binary;

namespace SecurityGroups.Packets;

/// <summary>
/// Reads quotes with the readers of whole packets: a quote is a packet of unknown wire length whose capture was cut, so the lengths it
/// states are only a lower bound. What may follow it (RFC 4884) is not looked at.
/// </summary>
internal static class QuoteReader
{
    // RFC 792: an error quotes the IP header and at least 64 bits of what follows: the ports and TCP's sequence number.
    private const int MinimumTransportOctets = 8;

    // The quoted packet was judged when it was sent; here its form matters only as far as it must be read.
    private static readonly ParserOptions s_options = new(VerifyChecksums: false, AllowPortZero: true, AllowSourceRoute: true);

    public static Reason Read(ReadOnlySpan<byte> bytes, in ParsedPacket error, out QuotedPacket quoted)
    {
        quoted = default;
        int start = error.TransportOffset + IcmpHeader.Octets;
        quoted.Mtu = ReadMtu(bytes[..start], error);
        int end = error.TransportOffset + error.TransportOctets;
        bool isCut = bytes.Length < end;
        ReadOnlySpan<byte> quote = bytes[start..Math.Min(bytes.Length, end)];
        ParsedPacket inner = new() { Kind = error.Kind };
        Reason reason = error.Kind == PacketKind.IPv4
            ? Ipv4Header.Read(quote, int.MaxValue, s_options, ref inner)
            : Ipv6Header.Read(quote, int.MaxValue, s_options, ref inner);
        quoted.Source = inner.Source;
        quoted.Destination = inner.Destination;
        quoted.Protocol = inner.Protocol;
        quoted.Traits = inner.Traits & PacketTraits.LaterFragment;
        if (inner.Has(PacketTraits.LaterFragment))
        {
            return Reason.UnrelatedIcmp;
        }

        if (reason != Reason.NotEvaluated || inner.TransportOctets < MinimumTransportOctets || quote.Length - inner.TransportOffset < MinimumTransportOctets)
        {
            quoted.Traits |= isCut ? PacketTraits.HeadersCut : PacketTraits.None;
            return Reason.Malformed;
        }

        return ReadTransport(quote.Slice(inner.TransportOffset, MinimumTransportOctets), inner.Kind, ref quoted);
    }

    // The last word of the error's header: 16 bits in IPv4 (RFC 1191), 32 in IPv6 (RFC 4443).
    private static uint ReadMtu(ReadOnlySpan<byte> header, in ParsedPacket error) => (error.Kind, error.IcmpType, error.IcmpCode) switch
    {
        (PacketKind.IPv4, 3, 4) => BinaryPrimitives.ReadUInt16BigEndian(header[^2..]),
        (PacketKind.IPv6, 2, _) => BinaryPrimitives.ReadUInt32BigEndian(header[^4..]),
        _ => 0,
    };

    private static Reason ReadTransport(ReadOnlySpan<byte> octets, PacketKind kind, ref QuotedPacket quoted)
    {
        bool isIcmp = quoted.Protocol == (kind == PacketKind.IPv4 ? ProtocolNumbers.Icmp : ProtocolNumbers.IcmpV6);
        return isIcmp ? ReadIcmp(octets, kind, ref quoted) : ReadPorts(octets, ref quoted);
    }

    private static Reason ReadPorts(ReadOnlySpan<byte> octets, ref QuotedPacket quoted)
    {
        if (ProtocolNumbers.HasPorts(quoted.Protocol))
        {
            quoted.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(octets);
            quoted.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
            quoted.TcpSequence = quoted.Protocol == ProtocolNumbers.Tcp ? BinaryPrimitives.ReadUInt32BigEndian(octets[4..]) : 0;
            quoted.Traits |= PacketTraits.Ports;
        }

        return Reason.NotEvaluated;
    }

    private static Reason ReadIcmp(ReadOnlySpan<byte> octets, PacketKind kind, ref QuotedPacket quoted)
    {
        byte type = octets[0];
        quoted.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(octets);
        quoted.SourcePort = IcmpHeader.IsQuery(kind, type) ? BinaryPrimitives.ReadUInt16BigEndian(octets[4..]) : (ushort)0;
        quoted.Traits |= PacketTraits.Icmp;

        // RFC 1122 3.2.2: nobody answers an error with an error.
        if (IcmpHeader.IsError(kind, type))
        {
            quoted.Traits |= PacketTraits.IcmpError;
            return Reason.UnrelatedIcmp;
        }

        return Reason.NotEvaluated;
    }
}
