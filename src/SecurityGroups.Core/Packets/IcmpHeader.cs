using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>The header that ICMP (RFC 792) and ICMPv6 (RFC 4443) messages begin with; no message is shorter.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct IcmpHeader
{
    public const int Octets = 8;

    // One bit a type. Errors: unreachable, source quench, redirect, time exceeded, parameter problem.
    private const ulong Errors = (1UL << 3) | (1UL << 4) | (1UL << 5) | (1UL << 11) | (1UL << 12);

    // Queries and replies: echo, timestamp, information, address mask.
    private const ulong Queries = (1UL << 0) | (1UL << 8) | (0x3FUL << 13);

    public byte Type;
    public byte Code;
    public UInt16BigEndian Checksum;

    /// <summary>Queries and replies only.</summary>
    public UInt16BigEndian Identifier;

    /// <summary>By type: a sequence number, a pointer, the low half of an MTU.</summary>
    public UInt16BigEndian LastHalfWord;

    public static Reason Read(ReadOnlySpan<byte> octets, in ParserOptions options, ref ParsedPacket packet)
    {
        if (octets.Length < Octets)
        {
            return FormError.TooShort(Octets, packet.TransportOctets, ref packet);
        }

        ref readonly IcmpHeader header = ref MemoryMarshal.AsRef<IcmpHeader>(octets);
        bool isError = IsError(packet.Kind, header.Type);
        bool isQuery = IsQuery(packet.Kind, header.Type);
        packet.DestinationPort = (ushort)((header.Type << 8) | header.Code);
        packet.SourcePort = isQuery ? header.Identifier : (ushort)0;
        packet.Traits |= isError ? PacketTraits.Icmp | PacketTraits.IcmpError : PacketTraits.Icmp;
        if (options.VerifyChecksums && !IsChecksumValid(octets, packet))
        {
            return Reason.BadChecksum;
        }

        return packet.Kind == PacketKind.IPv6 && NeighborDiscovery.IsOne(header.Type)
            ? NeighborDiscovery.Check(octets, ref packet)
            : Reason.NotEvaluated;
    }

    public static bool IsError(PacketKind kind, byte type) => kind == PacketKind.IPv4 ? type < 64 && ((Errors >> type) & 1) != 0 : type is >= 1 and <= 4;

    /// <summary>Whether octets 4 and 5 hold an identifier that the reply repeats (in node information, RFC 4620, the type of query).</summary>
    public static bool IsQuery(PacketKind kind, byte type) =>
        kind == PacketKind.IPv4 ? type < 64 && ((Queries >> type) & 1) != 0 : type is 128 or 129 or 139 or 140;

    // Only ICMPv6 covers the addresses (RFC 4443 2.3).
    private static bool IsChecksumValid(ReadOnlySpan<byte> octets, in ParsedPacket packet) => packet.Kind == PacketKind.IPv6
        ? Packets.Checksum.IsValidTransport(octets, packet)
        : packet.Has(PacketTraits.Fragment) || octets.Length < packet.TransportOctets || Packets.Checksum.IsValid(octets);
}
