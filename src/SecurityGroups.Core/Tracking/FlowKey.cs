using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>
/// The key of a connection as one NIC sees it. Packets of either direction have the same key, so there is one entry and one lookup.
/// </summary>
/// <remarks>
/// ICMP queries: the port word holds the identifier and the type that the local end sends, so a query of the instance (8) and one of the
/// remote end (0, the answer to it) with equal identifiers are two connections.
/// The first 20 octets are those of the <see cref="ConnectionEntry"/>, in the same order.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct FlowKey
{
    private const int EthertypeShift = 63;
    private const int ZoneShift = 32;

    /// <summary>
    /// The low 32 bits of both addresses: all of IPv4; of IPv6 equal addresses have equal words, and no more than that is asked of them, without
    /// a branch.
    /// </summary>
    public readonly ulong AddressWord;

    /// <summary>Ethertype in bit 63, where it is asked for with the sign; number of the NIC's tracking zone in bits 32 to 62, <see cref="Ports"/> below.</summary>
    public readonly ulong Ends;

    /// <summary>VLAN ids in bits 8 to 31, protocol in bits 0 to 7.</summary>
    public readonly uint VlanAndProtocol;

    /// <summary>Address of the instance's end.</summary>
    public readonly UInt128 Local;

    /// <summary>Address of the other end.</summary>
    public readonly UInt128 Remote;

    public FlowKey(UInt128 local, UInt128 remote, ushort localPort, ushort remotePort, uint zone, Ethertype ethertype, uint vlanIds, byte protocol)
    {
        AddressWord = ((ulong)local << 32) | (uint)remote;
        Ends = ((ulong)ethertype << EthertypeShift) | ((ulong)zone << ZoneShift) | ((uint)localPort << 16) | remotePort;
        VlanAndProtocol = (vlanIds << 8) | protocol;
        Local = local;
        Remote = remote;
    }

    // IPv4 without VLAN, from words that are together already.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FlowKey(ulong addressWord, uint ports, uint zone, byte protocol)
    {
        AddressWord = addressWord;
        Ends = ((ulong)zone << ZoneShift) | ports;
        VlanAndProtocol = protocol;
        Local = addressWord >> 32;
        Remote = (uint)addressWord;
    }

    /// <summary>Local port in the high half, remote port in the low; ICMP: identifier high, type that the local end sends and code low.</summary>
    public uint Ports => (uint)Ends;

    public Ethertype Ethertype => (Ethertype)(Ends >> EthertypeShift);

    public bool IsIPv6 => IsOfIPv6(Ends);

    public uint Zone => ZoneOf(Ends);

    public byte Protocol => (byte)VlanAndProtocol;

    public uint VlanIds => VlanAndProtocol >> 8;

    public ushort LocalPort => (ushort)(Ports >> 16);

    public ushort RemotePort => (ushort)Ports;

    /// <summary>The first 16 octets: address word and ends. For keys that were written a while ago, or all of them must leave the store buffer first.</summary>
    public Vector128<ulong> Words
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.LoadUnsafe(in AddressWord);
    }

    public static bool IsOfIPv6(ulong ends) => (long)ends < 0;

    public static uint ZoneOf(ulong ends) => (uint)(ends >> ZoneShift) & int.MaxValue;

    /// <summary>The key of a packet that travels in <paramref name="direction"/>.</summary>
    public static FlowKey From(in ParsedPacket packet, Direction direction, uint zone)
    {
        Ethertype ethertype = packet.Kind == PacketKind.IPv6 ? Ethertype.IPv6 : Ethertype.IPv4;
        return Of(packet.Source, packet.Destination, packet.SourcePort, packet.DestinationPort, direction, zone, ethertype, packet.VlanIds, packet.Protocol);
    }

    /// <summary>The key of a plain packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowKey From(in PlainPacket packet, Direction direction, uint zone) => packet.Ethertype == Ethertype.IPv6
        ? WithPorts(packet.Source, packet.Destination, packet.SourcePort, packet.DestinationPort, direction, zone, Ethertype.IPv6, 0, packet.Protocol)
        : direction == Direction.Egress
            ? new FlowKey(packet.AddressesV4, packet.Ports, zone, packet.Protocol)
            : new FlowKey(BitOperations.RotateLeft(packet.AddressesV4, 32), BitOperations.RotateLeft(packet.Ports, 16), zone, packet.Protocol);

    /// <summary>The key of the packet that an ICMP error quotes: it travelled the other way.</summary>
    public static FlowKey From(in QuotedPacket quoted, in ParsedPacket error, Direction direction, uint zone)
    {
        Ethertype ethertype = error.Kind == PacketKind.IPv6 ? Ethertype.IPv6 : Ethertype.IPv4;
        return Of(quoted.Source, quoted.Destination, quoted.SourcePort, quoted.DestinationPort, Opposite(direction), zone, ethertype, error.VlanIds, quoted.Protocol);
    }

    /// <summary>The same ends in another tracking zone.</summary>
    public FlowKey InZone(uint zone) => new(Local, Remote, LocalPort, RemotePort, zone, Ethertype, VlanIds, Protocol);

    /// <summary>What rules match as destination port when the first packet went in <paramref name="original"/>; ICMP: type and code of the request.</summary>
    public ushort MatchPort(Direction original)
    {
        if (IcmpQuery.IsIcmp(Ethertype, Protocol))
        {
            byte type = (byte)(Ports >> 8);
            byte request = original == Direction.Egress ? type : IcmpQuery.Counterpart(Protocol, type);
            return (ushort)((request << 8) | (byte)Ports);
        }

        return original == Direction.Egress ? RemotePort : LocalPort;
    }

    private static Direction Opposite(Direction direction) => direction == Direction.Egress ? Direction.Ingress : Direction.Egress;

    private static FlowKey Of(
        UInt128 source, UInt128 destination, ushort sourcePort, ushort destinationPort, Direction direction, uint zone, Ethertype ethertype, uint vlanIds, byte protocol)
    {
        if (IcmpQuery.IsIcmp(ethertype, protocol))
        {
            return OfIcmp(source, destination, sourcePort, destinationPort, direction, zone, ethertype, vlanIds, protocol);
        }

        if (!ProtocolNumbers.HasPorts(protocol))
        {
            sourcePort = destinationPort = 0;
        }

        return WithPorts(source, destination, sourcePort, destinationPort, direction, zone, ethertype, vlanIds, protocol);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FlowKey WithPorts(
        UInt128 source, UInt128 destination, ushort sourcePort, ushort destinationPort, Direction direction, uint zone, Ethertype ethertype, uint vlanIds, byte protocol) =>
        direction == Direction.Egress
            ? new FlowKey(source, destination, sourcePort, destinationPort, zone, ethertype, vlanIds, protocol)
            : new FlowKey(destination, source, destinationPort, sourcePort, zone, ethertype, vlanIds, protocol);

    private static FlowKey OfIcmp(
        UInt128 source, UInt128 destination, ushort identifier, ushort typeAndCode, Direction direction, uint zone, Ethertype ethertype, uint vlanIds, byte protocol)
    {
        byte type = (byte)(typeAndCode >> 8);
        byte sentLocally = direction == Direction.Egress ? type : IcmpQuery.Counterpart(protocol, type);
        ushort low = (ushort)((sentLocally << 8) | (byte)typeAndCode);
        return direction == Direction.Egress
            ? new FlowKey(source, destination, identifier, low, zone, ethertype, vlanIds, protocol)
            : new FlowKey(destination, source, identifier, low, zone, ethertype, vlanIds, protocol);
    }
}
