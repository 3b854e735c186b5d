namespace SecurityGroups.Packets;

/// <summary>
/// Everything the firewall needs to know of one packet, read once. A parser fills it; members that do not apply are 0.
/// Addresses are 128-bit numbers, IPv4 in the low 32 bits, <see cref="Kind"/> telling the family.
/// </summary>
internal struct ParsedPacket
{
    /// <summary>Source address; ARP: sender protocol address.</summary>
    public UInt128 Source;

    /// <summary>Destination address; ARP: target protocol address.</summary>
    public UInt128 Destination;

    /// <summary>Neighbor solicitation and advertisement (135, 136): the target address.</summary>
    public UInt128 NeighborTarget;

    /// <summary>Ethernet source address in the low 48 bits; 0 for raw IP.</summary>
    public ulong SourceMac;

    /// <summary>Ethernet destination address in the low 48 bits; 0 for raw IP.</summary>
    public ulong DestinationMac;

    /// <summary>ARP: sender hardware address.</summary>
    public ulong ArpSenderMac;

    /// <summary>VLAN ids, outer in bits 12 to 23, inner in bits 0 to 11; a single tag is in the low bits; 0 = untagged (VID 0 counts as untagged).</summary>
    public uint VlanIds;

    /// <summary>Fragments: IPv4 identification (16 bits) or IPv6 fragment identification.</summary>
    public uint FragmentIdentification;

    /// <summary>TCP sequence number.</summary>
    public uint TcpSequence;

    /// <summary>TCP acknowledgment number, meaningless without the ACK flag.</summary>
    public uint TcpAcknowledgment;

    /// <summary>TCP payload octets by the IP header's length (SYN and FIN not counted).</summary>
    public uint TcpPayloadOctets;

    /// <summary>
    /// With <see cref="PacketTraits.Sack"/>: the highest right edge of the SACK blocks, a sequence number, never before the acknowledgment
    /// (compared modulo 2^32 starting there); otherwise 0.
    /// </summary>
    public uint TcpSackHighest;

    /// <summary>Offset of the IP header from the first octet of the packet; also where the ARP header starts.</summary>
    public int NetworkOffset;

    /// <summary>Offset of the transport header from the first octet of the packet.</summary>
    public int TransportOffset;

    /// <summary>Octets from the transport header to the end of the IP packet, by the IP header; padding not counted.</summary>
    public int TransportOctets;

    /// <summary>Offset of this fragment's data in the datagram, octets.</summary>
    public int FragmentOffset;

    /// <summary>Fragments: offset of this fragment's data from the first octet of the packet.</summary>
    public int FragmentDataOffset;

    /// <summary>Ethertype after VLAN tags; for raw IP the ethertype of the family.</summary>
    public ushort EtherType;

    /// <summary>Source port; ICMP queries: the identifier.</summary>
    public ushort SourcePort;

    /// <summary>Destination port; ICMP: type in the high octet, code in the low. This is what rules match.</summary>
    public ushort DestinationPort;

    /// <summary>TCP window field, unscaled.</summary>
    public ushort TcpWindow;

    /// <summary>ARP operation: 1 request, 2 reply.</summary>
    public ushort ArpOperation;

    /// <summary>True or false facts.</summary>
    public PacketTraits Traits;

    /// <summary>What the frame carries.</summary>
    public PacketKind Kind;

    /// <summary>IP protocol after the last walked header.</summary>
    public byte Protocol;

    /// <summary>Fragments: the protocol that the fragment states, in IPv6 the header that follows the fragment header of the first one.</summary>
    public byte FragmentProtocol;

    /// <summary>TTL or hop limit.</summary>
    public byte HopLimit;

    /// <summary>TCP flags.</summary>
    public TcpFlags TcpFlags;

    /// <summary>TCP window scale offered, 0 to 14, when <see cref="PacketTraits.WindowScale"/> is set; larger values are read as 14 (RFC 7323).</summary>
    public byte TcpWindowScale;

    /// <summary>Octets from the IP header to the end of the IP packet, by the IP header.</summary>
    public readonly int IpOctets => TransportOffset - NetworkOffset + TransportOctets;

    public readonly byte IcmpType => (byte)(DestinationPort >> 8);

    public readonly byte IcmpCode => (byte)DestinationPort;

    /// <summary>The family of an IP packet.</summary>
    public readonly Ethertype Ethertype => Kind == PacketKind.IPv6 ? Ethertype.IPv6 : Ethertype.IPv4;

    public readonly bool Has(PacketTraits trait) => (Traits & trait) != 0;
}
