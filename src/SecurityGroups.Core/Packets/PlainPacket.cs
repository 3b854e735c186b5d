using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>
/// What most packets are, untagged and whole: a TCP segment in the middle of its connection, with no options but the timestamps; a SYN, which
/// begins one; or a UDP datagram. Only what the way of such a packet needs, read in one go; checksums are not looked at.
/// </summary>
/// <remarks>
/// A shorter way for what the parser finds good anyway: whatever has to be looked at twice is not plain, and <see cref="PacketParser"/> reads
/// it. So a plain packet is one of which the parser says the same, which the tests hold against each other.
/// </remarks>
internal struct PlainPacket
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

    /// <summary>TCP or UDP. Of UDP sequence, acknowledgment, payload and window mean nothing.</summary>
    public byte Protocol;

    /// <summary>What a SYN offers; the default value in the middle of a connection.</summary>
    public SynOffers Offers;

    /// <summary>Whether this is a SYN; another TCP segment is an acknowledgment.</summary>
    public readonly bool IsSyn => Offers.IsSyn;

    /// <summary>Whether this usually opens a connection where there is none.</summary>
    public readonly bool MayOpen => IsSyn || Protocol == ProtocolNumbers.Udp;

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

    /// <summary>Reads a packet that was not cut; false = it is not plain, and <paramref name="packet"/> means nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> bytes, LinkType linkType, ref PlainPacket packet)
    {
        if (linkType != LinkType.Ethernet)
        {
            packet.SourceMac = 0;
            return !bytes.IsEmpty && TryReadNetwork(bytes, bytes[0] >> 4 == 4 ? EtherTypes.IPv4 : EtherTypes.IPv6, ref packet);
        }

        if (bytes.Length < EthernetHeader.Octets)
        {
            return false;
        }

        ref readonly EthernetHeader header = ref MemoryMarshal.AsRef<EthernetHeader>(bytes);
        packet.SourceMac = header.Source;
        return TryReadNetwork(bytes[EthernetHeader.Octets..], header.EtherType, ref packet);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadNetwork(ReadOnlySpan<byte> octets, ushort etherType, ref PlainPacket packet) => etherType switch
    {
        EtherTypes.IPv4 => TryReadIPv4(octets, ref packet),
        EtherTypes.IPv6 => TryReadIPv6(octets, ref packet),
        _ => false,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadIPv4(ReadOnlySpan<byte> octets, ref PlainPacket packet)
    {
        if (octets.Length < Ipv4Header.MinimumOctets + UdpHeader.Octets)
        {
            return false;
        }

        ref readonly Ipv4Header header = ref MemoryMarshal.AsRef<Ipv4Header>(octets);
        packet.Ethertype = Ethertype.IPv4;
        uint source = header.Source;
        uint destination = header.Destination;
        int ipOctets = header.TotalLength;
        packet.Source = source;
        packet.Destination = destination;
        return header.VersionAndHeaderLength == IPv4WithoutOptions
            && (header.FlagsAndFragmentOffset & FragmentBits) == 0
            && source != destination
            && ipOctets <= octets.Length
            && TryReadTransport(octets, Ipv4Header.MinimumOctets, ipOctets, header.Protocol, ref packet);
    }

    private static bool TryReadIPv6(ReadOnlySpan<byte> octets, ref PlainPacket packet)
    {
        if (octets.Length < Ipv6Header.Octets + UdpHeader.Octets)
        {
            return false;
        }

        ref readonly Ipv6Header header = ref MemoryMarshal.AsRef<Ipv6Header>(octets);
        packet.Ethertype = Ethertype.IPv6;
        packet.Source = header.Source;
        packet.Destination = header.Destination;
        int ipOctets = Ipv6Header.Octets + header.PayloadLength;
        return header.VersionAndFlow >> 28 == 6
            && packet.Source != packet.Destination
            && ipOctets <= octets.Length
            && TryReadTransport(octets, Ipv6Header.Octets, ipOctets, header.NextHeader, ref packet);
    }

    /// <param name="octets">From the IP header on, at least as many as the fixed headers of IP and UDP have.</param>
    /// <param name="offset">Of the transport header.</param>
    /// <param name="ipOctets">Of the IP packet, no more than there are.</param>
    /// <param name="protocol">What the IP header says.</param>
    /// <param name="packet">To fill.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadTransport(ReadOnlySpan<byte> octets, int offset, int ipOctets, byte protocol, ref PlainPacket packet)
    {
        ref readonly TransportPorts ports = ref MemoryMarshal.AsRef<TransportPorts>(octets[offset..]);
        ushort source = ports.Source;
        ushort destination = ports.Destination;
        packet.IpOctets = ipOctets;
        packet.Protocol = protocol;
        packet.SourcePort = source;
        packet.DestinationPort = destination;
        packet.Offers = default;
        return source != 0
            && destination != 0
            && protocol switch
            {
                ProtocolNumbers.Tcp => TryReadTcp(octets, offset, ipOctets, ref packet),
                ProtocolNumbers.Udp => IsUdp(octets[offset..], ipOctets - offset),
                _ => false,
            };
    }

    private static bool IsUdp(ReadOnlySpan<byte> octets, int transportOctets)
    {
        int length = MemoryMarshal.AsRef<UdpHeader>(octets).LengthOrCoverage;
        return length >= UdpHeader.Octets && length <= transportOctets;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadTcp(ReadOnlySpan<byte> octets, int offset, int ipOctets, ref PlainPacket packet)
    {
        if (octets.Length < offset + TcpHeader.MinimumOctets)
        {
            return false;
        }

        ref readonly TcpHeader header = ref MemoryMarshal.AsRef<TcpHeader>(octets[offset..]);
        int headerOctets = (header.DataOffset >> 4) * 4;
        int payloadOctets = ipOctets - offset - headerOctets;
        packet.Sequence = header.Sequence;
        packet.Acknowledgment = header.Acknowledgment;
        packet.Window = header.Window;
        packet.PayloadOctets = (uint)payloadOctets;
        TcpFlags flags = header.Flags & ~NoMatter;
        return flags is TcpFlags.Ack or TcpFlags.Syn
            && payloadOctets >= 0
            && (flags == TcpFlags.Syn ? TryReadOffers(octets[(offset + TcpHeader.MinimumOctets)..], headerOctets - TcpHeader.MinimumOctets, ref packet)
                : headerOctets == TcpHeader.MinimumOctets
                || (headerOctets == TcpHeader.MinimumOctets + TcpOptions.TimestampsOctets
                    && TcpOptions.AreTimestamps(octets.Slice(offset + TcpHeader.MinimumOctets, TcpOptions.TimestampsOctets))));
    }

    // Payload is not negative, so all options are there, if the header is long enough to have any.
    private static bool TryReadOffers(ReadOnlySpan<byte> octets, int optionOctets, ref PlainPacket packet)
    {
        if (optionOctets < 0)
        {
            return false;
        }

        packet.Offers = SynOffers.Read(octets[..optionOctets]);
        return true;
    }
}
