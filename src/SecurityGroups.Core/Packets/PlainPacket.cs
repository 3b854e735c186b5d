using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>
/// What most packets are, untagged and whole: a TCP segment in the middle of its connection, with no options but the timestamps; a SYN, which
/// begins one; or a UDP datagram. Only what the way of such a packet needs, read in one go; checksums are not looked at.
/// </summary>
/// <remarks>
/// A shorter way for what the parser finds good anyway: whatever has to be looked at twice is not plain, and <see cref="PacketParser"/> reads
/// it. So a plain packet is one of which the parser says the same, which the tests hold against each other. Neighbouring fields that every
/// IPv4 packet is asked for are loaded together, in one instruction instead of several, and kept so: the addresses, the ports.
/// </remarks>
internal struct PlainPacket
{
    // Of the first eight octets of an IPv4 header: version and header length, and what tells a fragment. Those of a whole packet without options.
    private const ulong IPv4FormBits = 0xFF00_0000_0000_3FFF;
    private const ulong IPv4Plain = 0x4500_0000_0000_0000;
    private const int TotalLengthShift = 32;
    private const int SourceMacOffset = 6;
    private const int Ipv4AddressesOffset = 12;
    private const int Word = sizeof(ulong);
    private const TcpFlags NoMatter = TcpFlags.Psh | TcpFlags.Ece | TcpFlags.Cwr;

    private UInt128 _sourceV6;
    private UInt128 _destinationV6;

    /// <summary>The addresses of IPv4, the source's in the high half.</summary>
    public ulong AddressesV4;

    /// <summary>Ethernet source address in the low 48 bits; 0 for raw IP.</summary>
    public ulong SourceMac;

    /// <summary>The ports, the source's in the high half.</summary>
    public uint Ports;

    public uint Sequence;
    public uint Acknowledgment;
    public uint PayloadOctets;

    /// <summary>Octets of the IP packet, by its header.</summary>
    public int IpOctets;

    /// <summary>Unscaled.</summary>
    public ushort Window;

    public Ethertype Ethertype;

    /// <summary>TCP or UDP. Of UDP sequence, acknowledgment, payload and window mean nothing.</summary>
    public byte Protocol;

    /// <summary>What a SYN offers; the default value in the middle of a connection.</summary>
    public SynOffers Offers;

    public readonly UInt128 Source => Ethertype == Ethertype.IPv6 ? _sourceV6 : AddressesV4 >> 32;

    public readonly UInt128 Destination => Ethertype == Ethertype.IPv6 ? _destinationV6 : (uint)AddressesV4;

    public readonly ushort SourcePort => (ushort)(Ports >> 16);

    public readonly ushort DestinationPort => (ushort)Ports;

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

        ulong sourceAndType = BinaryPrimitives.ReadUInt64BigEndian(bytes.Slice(SourceMacOffset, Word));
        packet.SourceMac = sourceAndType >> 16;
        return TryReadNetwork(bytes[EthernetHeader.Octets..], (ushort)sourceAndType, ref packet);
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

        ulong first = BinaryPrimitives.ReadUInt64BigEndian(octets);
        ulong addresses = BinaryPrimitives.ReadUInt64BigEndian(octets.Slice(Ipv4AddressesOffset, Word));
        int ipOctets = (ushort)(first >> TotalLengthShift);
        packet.Ethertype = Ethertype.IPv4;
        packet.AddressesV4 = addresses;
        return (first & IPv4FormBits) == IPv4Plain
            && (uint)(addresses >> 32) != (uint)addresses
            && ipOctets <= octets.Length
            && TryReadTransport(octets, Ipv4Header.MinimumOctets, ipOctets, MemoryMarshal.AsRef<Ipv4Header>(octets).Protocol, ref packet);
    }

    private static bool TryReadIPv6(ReadOnlySpan<byte> octets, ref PlainPacket packet)
    {
        if (octets.Length < Ipv6Header.Octets + UdpHeader.Octets)
        {
            return false;
        }

        ref readonly Ipv6Header header = ref MemoryMarshal.AsRef<Ipv6Header>(octets);
        packet.Ethertype = Ethertype.IPv6;
        packet._sourceV6 = header.Source;
        packet._destinationV6 = header.Destination;
        int ipOctets = Ipv6Header.Octets + header.PayloadLength;
        return header.VersionAndFlow >> 28 == 6
            && packet._sourceV6 != packet._destinationV6
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
        uint ports = BinaryPrimitives.ReadUInt32BigEndian(octets[offset..]);
        packet.IpOctets = ipOctets;
        packet.Protocol = protocol;
        packet.Ports = ports;
        packet.Offers = default;
        if (ports >> 16 == 0 || (ushort)ports == 0)
        {
            return false;
        }

        return protocol == ProtocolNumbers.Tcp ? TryReadTcp(octets, offset, ipOctets, ref packet)
            : protocol == ProtocolNumbers.Udp && IsUdp(octets[offset..], ipOctets - offset);
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
