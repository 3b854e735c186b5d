using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>
/// What most packets are: a TCP segment in the middle of its connection, untagged, whole, with no options but the timestamps; or a SYN, which
/// begins one. Only what the way of such a packet needs, read in one go; checksums are not looked at.
/// </summary>
/// <remarks>
/// A shorter way for what the parser finds good anyway: whatever has to be looked at twice is not plain, and <see cref="PacketParser"/> reads
/// it. So a plain segment is one of which the parser says the same, which the tests hold against each other.
/// </remarks>
internal struct PlainSegment
{
    private const byte IPv4WithoutOptions = 0x45;
    private const int FragmentBits = 0x3FFF;
    private const TcpFlags NoMatter = TcpFlags.Psh | TcpFlags.Ece | TcpFlags.Cwr;

    public UInt128 Source;
    public UInt128 Destination;

    /// <summary>Ethernet source address in the low 48 bits; 0 for raw IP.</summary>
    public ulong SourceMac;

    public uint Sequence;
    public uint Acknowledgment;
    public uint PayloadOctets;

    /// <summary>Octets of the IP packet, by its header.</summary>
    public int IpOctets;

    /// <summary>Unscaled.</summary>
    public ushort Window;

    public ushort SourcePort;
    public ushort DestinationPort;
    public Ethertype Ethertype;

    /// <summary>TCP or UDP. Of UDP sequence and acknowledgment, payload, window and offers mean nothing.</summary>
    public byte Protocol;

    /// <summary>What a SYN offers; the default value in the middle of a connection.</summary>
    public SynOffers Offers;

    /// <summary>Whether this is a SYN; else it is an acknowledgment.</summary>
    public readonly bool IsSyn => Offers.IsSyn;

    /// <summary>The same as the parser tells it, as far as it is told further: addresses, ports and what was in them.</summary>
    public readonly ParsedPacket ToPacket() => new()
    {
        Kind = Ethertype == Ethertype.IPv6 ? PacketKind.IPv6 : PacketKind.IPv4,
        EtherType = Ethertype == Ethertype.IPv6 ? EtherTypes.IPv6 : EtherTypes.IPv4,
        Source = Source,
        Destination = Destination,
        Protocol = Protocol,
        SourcePort = SourcePort,
        DestinationPort = DestinationPort,
        Traits = PacketTraits.Ports,
    };

    /// <summary>Reads a packet that was not cut; false = it is not plain, and <paramref name="segment"/> means nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> bytes, LinkType linkType, ref PlainSegment segment)
    {
        if (linkType != LinkType.Ethernet)
        {
            segment.SourceMac = 0;
            return !bytes.IsEmpty && TryReadNetwork(bytes, bytes[0] >> 4 == 4 ? EtherTypes.IPv4 : EtherTypes.IPv6, ref segment);
        }

        if (bytes.Length < EthernetHeader.Octets)
        {
            return false;
        }

        ref readonly EthernetHeader header = ref MemoryMarshal.AsRef<EthernetHeader>(bytes);
        segment.SourceMac = header.Source;
        return TryReadNetwork(bytes[EthernetHeader.Octets..], header.EtherType, ref segment);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadNetwork(ReadOnlySpan<byte> octets, ushort etherType, ref PlainSegment segment) => etherType switch
    {
        EtherTypes.IPv4 => TryReadIPv4(octets, ref segment),
        EtherTypes.IPv6 => TryReadIPv6(octets, ref segment),
        _ => false,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadIPv4(ReadOnlySpan<byte> octets, ref PlainSegment segment)
    {
        if (octets.Length < Ipv4Header.MinimumOctets + UdpHeader.Octets)
        {
            return false;
        }

        ref readonly Ipv4Header header = ref MemoryMarshal.AsRef<Ipv4Header>(octets);
        segment.Ethertype = Ethertype.IPv4;
        segment.Source = (uint)header.Source;
        segment.Destination = (uint)header.Destination;
        segment.IpOctets = header.TotalLength;
        segment.Protocol = header.Protocol;
        return header.VersionAndHeaderLength == IPv4WithoutOptions
            && (header.FlagsAndFragmentOffset & FragmentBits) == 0
            && segment.IpOctets <= octets.Length
            && TryReadTransport(octets, Ipv4Header.MinimumOctets, ref segment);
    }

    private static bool TryReadIPv6(ReadOnlySpan<byte> octets, ref PlainSegment segment)
    {
        if (octets.Length < Ipv6Header.Octets + UdpHeader.Octets)
        {
            return false;
        }

        ref readonly Ipv6Header header = ref MemoryMarshal.AsRef<Ipv6Header>(octets);
        segment.Ethertype = Ethertype.IPv6;
        segment.Source = header.Source;
        segment.Destination = header.Destination;
        segment.IpOctets = Ipv6Header.Octets + header.PayloadLength;
        segment.Protocol = header.NextHeader;
        return header.VersionAndFlow >> 28 == 6
            && segment.IpOctets <= octets.Length
            && TryReadTransport(octets, Ipv6Header.Octets, ref segment);
    }

    /// <param name="octets">From the IP header on, at least as many as the fixed headers of IP and UDP have.</param>
    /// <param name="offset">Of the transport header.</param>
    /// <param name="segment">To fill; its IP octets are no more than there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadTransport(ReadOnlySpan<byte> octets, int offset, ref PlainSegment segment)
    {
        ref readonly TransportPorts ports = ref MemoryMarshal.AsRef<TransportPorts>(octets[offset..]);
        segment.SourcePort = ports.Source;
        segment.DestinationPort = ports.Destination;
        segment.Offers = default;
        return segment.SourcePort != 0
            && segment.DestinationPort != 0
            && segment.Source != segment.Destination
            && segment.Protocol switch
            {
                ProtocolNumbers.Tcp => TryReadTcp(octets, offset, ref segment),
                ProtocolNumbers.Udp => IsUdp(octets[offset..], segment.IpOctets - offset),
                _ => false,
            };
    }

    private static bool IsUdp(ReadOnlySpan<byte> octets, int transportOctets)
    {
        int length = MemoryMarshal.AsRef<UdpHeader>(octets).LengthOrCoverage;
        return length >= UdpHeader.Octets && length <= transportOctets;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadTcp(ReadOnlySpan<byte> octets, int offset, ref PlainSegment segment)
    {
        if (octets.Length < offset + TcpHeader.MinimumOctets)
        {
            return false;
        }

        ref readonly TcpHeader header = ref MemoryMarshal.AsRef<TcpHeader>(octets[offset..]);
        int headerOctets = (header.DataOffset >> 4) * 4;
        int payloadOctets = segment.IpOctets - offset - headerOctets;
        segment.Sequence = header.Sequence;
        segment.Acknowledgment = header.Acknowledgment;
        segment.Window = header.Window;
        segment.PayloadOctets = (uint)payloadOctets;
        TcpFlags flags = header.Flags & ~NoMatter;
        return flags is TcpFlags.Ack or TcpFlags.Syn
            && payloadOctets >= 0
            && (flags == TcpFlags.Syn ? TryReadOffers(octets[(offset + TcpHeader.MinimumOctets)..], headerOctets - TcpHeader.MinimumOctets, ref segment)
                : headerOctets == TcpHeader.MinimumOctets
                || (headerOctets == TcpHeader.MinimumOctets + TcpOptions.TimestampsOctets
                    && TcpOptions.AreTimestamps(octets.Slice(offset + TcpHeader.MinimumOctets, TcpOptions.TimestampsOctets))));
    }

    // Payload is not negative, so all options are there, if the header is long enough to have any.
    private static bool TryReadOffers(ReadOnlySpan<byte> octets, int optionOctets, ref PlainSegment segment)
    {
        if (optionOctets < 0)
        {
            return false;
        }

        segment.Offers = SynOffers.Read(octets[..optionOctets]);
        return true;
    }
}
