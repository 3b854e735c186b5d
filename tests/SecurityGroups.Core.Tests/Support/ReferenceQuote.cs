using System.Buffers.Binary;

namespace SecurityGroups.Tests.Support;

/// <summary>The packet inside an ICMP error, as the reference model reads it. A fault says why it cannot be related.</summary>
internal sealed class ReferenceQuote
{
    public ReferenceAddress Source { get; private init; }

    public ReferenceAddress Destination { get; private init; }

    public byte Protocol { get; private init; }

    public int SourcePort { get; private init; }

    public int DestinationPort { get; private init; }

    public byte IcmpType { get; private init; }

    public byte IcmpCode { get; private init; }

    public ushort IcmpIdentifier { get; private init; }

    public uint Sequence { get; private init; }

    public static ReferenceQuote Read(byte[] octets, Ethertype family) => family == Ethertype.IPv4 ? ReadIPv4(octets) : ReadIPv6(octets);

    private static ReferenceQuote ReadIPv4(byte[] octets)
    {
        ReferenceFault.When(octets.Length < 20 || octets[0] >> 4 != 4, Reason.Malformed);
        int headerOctets = (octets[0] & 0xF) * 4;
        ReferenceFault.When(headerOctets < 20 || headerOctets > octets.Length, Reason.Malformed);
        int fragment = BinaryPrimitives.ReadUInt16BigEndian(octets.AsSpan(6));
        int totalOctets = BinaryPrimitives.ReadUInt16BigEndian(octets.AsSpan(2));
        ReferenceFault.When(totalOctets < headerOctets, Reason.Malformed);
        ReferencePacket.CheckIPv4Options(octets.AsSpan(20, headerOctets - 20), mayRoute: true);
        ReferenceFault.When((fragment & 0x1FFF) != 0, Reason.UnrelatedIcmp);
        ReferencePacket.CheckFragment((fragment & 0x1FFF) * 8, (fragment & 0x2000) != 0, headerOctets, totalOctets - headerOctets);
        ReferenceFault.When(totalOctets < headerOctets + 8, Reason.Malformed);
        return ReadTransport(
            octets[headerOctets..], octets[9], ReferenceAddress.FromOctets(octets.AsSpan(12, 4)), ReferenceAddress.FromOctets(octets.AsSpan(16, 4)));
    }

    private static ReferenceQuote ReadIPv6(byte[] octets)
    {
        ReferenceFault.When(octets.Length < 40 || octets[0] >> 4 != 6, Reason.Malformed);
        int end = 40 + BinaryPrimitives.ReadUInt16BigEndian(octets.AsSpan(4));
        ReferenceExtensionHeaders headers = ReferenceExtensionHeaders.Walk(octets, 40, Math.Min(octets.Length, end), end, octets[6], isQuote: true, mayRoute: true);
        ReferenceFault.When(headers.FragmentOffset != 0, Reason.UnrelatedIcmp);
        ReferenceFault.When(end < headers.End + 8, Reason.Malformed);
        return ReadTransport(
            octets[headers.End..], headers.Protocol, ReferenceAddress.FromOctets(octets.AsSpan(8, 16)), ReferenceAddress.FromOctets(octets.AsSpan(24, 16)));
    }

    private static ReferenceQuote ReadTransport(byte[] transport, byte protocol, ReferenceAddress source, ReferenceAddress destination)
    {
        ReferenceFault.When(transport.Length < 8, Reason.Malformed);
        ReferenceFault.When(ReferenceIcmp.IsError(source.Family, protocol, transport[0]), Reason.UnrelatedIcmp);
        return new ReferenceQuote
        {
            Source = source,
            Destination = destination,
            Protocol = protocol,
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(transport),
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(transport.AsSpan(2)),
            IcmpType = transport[0],
            IcmpCode = transport[1],
            IcmpIdentifier = BinaryPrimitives.ReadUInt16BigEndian(transport.AsSpan(4)),
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(transport.AsSpan(4)),
        };
    }
}
