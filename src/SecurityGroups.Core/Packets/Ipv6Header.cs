using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>The fixed IPv6 header (RFC 8200).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Ipv6Header
{
    public const int Octets = 40;

    public UInt32BigEndian VersionAndFlow;
    public UInt16BigEndian PayloadLength;
    public byte NextHeader;
    public byte HopLimit;
    public UInt128BigEndian Source;
    public UInt128BigEndian Destination;

    /// <summary>
    /// Fills everything up to the transport header, extension headers walked. <paramref name="octets"/> begin at the header;
    /// <paramref name="length"/> is how many there were on the wire, padding included.
    /// </summary>
    public static Reason Read(ReadOnlySpan<byte> octets, int length, in ParserOptions options, ref ParsedPacket packet)
    {
        if (octets.Length < Octets)
        {
            return FormError.TooShort(Octets, length, ref packet);
        }

        ref readonly Ipv6Header header = ref MemoryMarshal.AsRef<Ipv6Header>(octets);
        int payloadOctets = header.PayloadLength;
        if (header.VersionAndFlow >> 28 != 6 || payloadOctets > length - Octets)
        {
            return Reason.Malformed;
        }

        packet.Source = header.Source;
        packet.Destination = header.Destination;
        packet.Protocol = header.NextHeader;
        packet.HopLimit = header.HopLimit;
        packet.TransportOffset = packet.NetworkOffset + Octets;
        packet.TransportOctets = payloadOctets;
        if (!Ipv6Extensions.IsExtension(header.NextHeader))
        {
            return Reason.NotEvaluated;
        }

        // A jumbogram says 0 here and its length in a hop-by-hop option, which then has no room: malformed without a rule of its own.
        ReadOnlySpan<byte> payload = octets[Octets..];
        return Ipv6Extensions.Walk(payload[..Math.Min(payload.Length, payloadOctets)], options, ref packet);
    }
}
