using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>Which datagram of which NIC and direction a fragment belongs to.</summary>
/// <remarks>
/// As the receiver tells datagrams apart: IPv4 by addresses, identification and protocol (RFC 791), IPv6 by addresses and identification
/// alone (RFC 8200 4.5). Told apart more finely than there, two datagrams here could meet in one reassembly there and rewrite each other's
/// headers.
/// </remarks>
internal readonly struct FragmentKey(UInt128 source, UInt128 destination, uint zone, uint identification, uint vlanIds, byte protocol, Ethertype ethertype, Direction direction)
{
    private const int VlanShift = 16;
    private const uint EgressBit = 1 << 8;
    private const uint IPv6Bit = 1 << 9;

    public readonly UInt128 Source = source;
    public readonly UInt128 Destination = destination;

    /// <summary>Number of the NIC's tracking zone in the high half, identification in the low.</summary>
    private readonly ulong _zoneAndIdentification = ((ulong)zone << 32) | identification;

    /// <summary>VLAN ids in bits 16 to 39, ethertype in bit 9, direction in bit 8, IPv4's protocol in bits 0 to 7.</summary>
    private readonly ulong _rest = ((ulong)vlanIds << VlanShift) | protocol
        | (ethertype == Ethertype.IPv6 ? IPv6Bit : 0) | (direction == Direction.Egress ? EgressBit : 0);

    public uint Zone => (uint)(_zoneAndIdentification >> 32);

    public Ethertype Ethertype => (_rest & IPv6Bit) != 0 ? Ethertype.IPv6 : Ethertype.IPv4;

    public Direction Direction => (_rest & EgressBit) != 0 ? Direction.Egress : Direction.Ingress;

    public static FragmentKey From(in ParsedPacket packet, Direction direction, uint zone)
    {
        byte protocol = packet.Kind == PacketKind.IPv4 ? packet.FragmentProtocol : (byte)0;
        return new FragmentKey(
            packet.Source, packet.Destination, zone, packet.FragmentIdentification, packet.VlanIds, protocol, packet.Ethertype, direction);
    }

    /// <summary>What every later fragment of the datagram shows, as far as the key knows.</summary>
    public ParsedPacket ToPacket(byte protocol) => new()
    {
        Kind = Ethertype == Ethertype.IPv6 ? PacketKind.IPv6 : PacketKind.IPv4,
        EtherType = Ethertype == Ethertype.IPv6 ? EtherTypes.IPv6 : EtherTypes.IPv4,
        VlanIds = (uint)(_rest >> VlanShift),
        Source = Source,
        Destination = Destination,
        Protocol = protocol,
        Traits = PacketTraits.Fragment | PacketTraits.LaterFragment,
    };

    public bool Equals(in FragmentKey other) =>
        _zoneAndIdentification == other._zoneAndIdentification && _rest == other._rest && Source == other.Source && Destination == other.Destination;

    public ulong Hash(in FlowHash hash) => hash.Compute(Source, Destination, _zoneAndIdentification, _rest);
}
