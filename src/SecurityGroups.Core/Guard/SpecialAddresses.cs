using System.Runtime.CompilerServices;
using SecurityGroups.Match;
using SecurityGroups.Packets;

namespace SecurityGroups.Guard;

/// <summary>Addresses that mean something by themselves (RFC 6890, RFC 4291) and the packets that may use them.</summary>
internal static class SpecialAddresses
{
    public const uint LimitedBroadcast = 0xFFFF_FFFF;
    private const ushort DhcpServerPort = 67;
    private const ushort DhcpClientPort = 68;
    private const ushort DhcpV6ClientPort = 546;
    private const ushort DhcpV6ServerPort = 547;

    /// <summary>ff02::1:2, all DHCP relay agents and servers of the link (RFC 8415).</summary>
    private static UInt128 AllDhcpV6Servers => new(0xFF02_0000_0000_0000, 0x0001_0002);

    /// <summary>ff02::1:ff00:0/104, the solicited-node groups (RFC 4291 2.7.1).</summary>
    private static UInt128 SolicitedNodePrefix => new(0xFF02_0000_0000_0000, 0x0000_0001_FF00_0000);

    public static bool IsLinkLocalV6(UInt128 address) => (uint)(address >> 118) == 0xFE80 >> 6;

    public static bool IsMulticastV6(UInt128 address) => (uint)(address >> 120) == 0xFF;

    /// <summary>ff02::/16.</summary>
    public static bool IsLinkMulticastV6(UInt128 address) => (uint)(address >> 112) == 0xFF02;

    public static bool IsMulticastV4(UInt128 address) => (uint)address >> 28 == 0xE;

    /// <summary>224.0.0.0/24.</summary>
    public static bool IsLinkMulticastV4(UInt128 address) => (uint)address >> 8 == 0xE0_0000;

    public static UInt128 SolicitedNode(UInt128 target) => SolicitedNodePrefix | ((uint)target & 0xFF_FFFF);

    /// <summary>Whether the destination is multicast or broadcast: judged by the rules, never tracked.</summary>
    public static bool IsGroupDestination(in ParsedPacket packet, NicBinding nic) => packet.Kind == PacketKind.IPv6
        ? IsMulticastV6(packet.Destination)
        : IsMulticastV4(packet.Destination) || IsBroadcast(packet.Destination, nic);

    /// <summary>Whether both addresses of a packet mean nothing by themselves: no group, no broadcast, and no martian whatever the options.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreOrdinary(in PlainPacket packet, NicBinding nic) => packet.Ethertype == Ethertype.IPv6
        ? AreOrdinaryV6(packet.Source, packet.Destination)
        : IsOrdinaryV4((uint)(packet.AddressesV4 >> 32)) && IsOrdinaryV4((uint)packet.AddressesV4) && (nic.Broadcasts.IsEmpty || !HasBroadcast(packet, nic));

    /// <summary>255.255.255.255, or the directed broadcast of one of the NIC's networks.</summary>
    public static bool IsBroadcast(UInt128 address, NicBinding nic) =>
        (uint)address == LimitedBroadcast || (nic.Broadcasts.Length != 0 && nic.Broadcasts.Contains(address));

    public static bool IsDhcpV4Request(in ParsedPacket packet) =>
        IsWholeUdp(packet, DhcpClientPort, DhcpServerPort) && (uint)packet.Destination == LimitedBroadcast;

    public static bool IsDhcpV4Answer(in ParsedPacket packet) => packet.Kind == PacketKind.IPv4 && IsWholeUdp(packet, DhcpServerPort, DhcpClientPort);

    public static bool IsDhcpV6Request(in ParsedPacket packet) =>
        packet.Kind == PacketKind.IPv6 && IsWholeUdp(packet, DhcpV6ClientPort, DhcpV6ServerPort) && packet.Destination == AllDhcpV6Servers;

    public static bool IsDhcpV6Answer(in ParsedPacket packet) => packet.Kind == PacketKind.IPv6 && IsWholeUdp(packet, DhcpV6ServerPort, DhcpV6ClientPort);

    /// <summary>What a DHCP server sends, whole or the first piece of it: a ban that fragmenting evades is none.</summary>
    public static bool IsFromDhcpServer(in ParsedPacket packet) => packet.Kind == PacketKind.IPv6
        ? IsUdp(packet, DhcpV6ServerPort, DhcpV6ClientPort)
        : IsUdp(packet, DhcpServerPort, DhcpClientPort);

    /// <summary>Whether either port is one that DHCP uses.</summary>
    public static bool HasDhcpPort(in PlainPacket packet) => IsDhcpPort(packet.SourcePort) || IsDhcpPort(packet.DestinationPort);

    /// <summary>Which class of martian the source falls in; none for ordinary addresses.</summary>
    public static MartianSources MartianKind(in ParsedPacket packet, NicBinding nic) => packet.Kind switch
    {
        PacketKind.IPv4 => MartianKindV4(packet, nic),
        PacketKind.IPv6 => MartianKindV6(packet.Source),
        _ => MartianSources.None,
    };

    /// <summary>The prefix length of the block that a martian of one class lies in.</summary>
    public static int MartianPrefixLength(MartianSources kind, Ethertype ethertype) => (kind, ethertype) switch
    {
        (MartianSources.Multicast, Ethertype.IPv4) => 4,
        (MartianSources.Multicast, Ethertype.IPv6) => 8,
        (MartianSources.Loopback, Ethertype.IPv4) => 8,
        (MartianSources.Loopback, Ethertype.IPv6) => 128,
        (MartianSources.IPv4Mapped, _) => 96,
        (MartianSources.ThisNetwork, _) => 8,
        (MartianSources.ClassE, _) => 4,
        _ => 32, // one broadcast address
    };

    private static MartianSources MartianKindV4(in ParsedPacket packet, NicBinding nic)
    {
        uint source = (uint)packet.Source;
        return (source >> 24) switch
        {
            0 => source == 0 && IsDhcpV4Request(packet) ? MartianSources.None : MartianSources.ThisNetwork,
            127 => MartianSources.Loopback,
            >= 224 and < 240 => MartianSources.Multicast,
            >= 240 => source == LimitedBroadcast ? MartianSources.Broadcast : MartianSources.ClassE,
            _ => nic.Broadcasts.Length != 0 && IsBroadcast(source, nic) ? MartianSources.Broadcast : MartianSources.None,
        };
    }

    private static MartianSources MartianKindV6(UInt128 source)
    {
        ulong high = (ulong)(source >> 64);
        if (high >> 56 == 0xFF)
        {
            return MartianSources.Multicast;
        }

        ulong low = (ulong)source;
        return high != 0 ? MartianSources.None
            : low == 1 ? MartianSources.Loopback
            : low >> 32 == 0xFFFF ? MartianSources.IPv4Mapped
            : MartianSources.None;
    }

    // The block of 127 apart, those from 1 to 223; the limited broadcast is above.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOrdinaryV4(uint address) => (address >> 24) - 1 < 223 && address >> 24 != 127;

    // These two apart, so that what most IPv4 packets go through calls nothing.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool AreOrdinaryV6(UInt128 source, UInt128 destination) =>
        (ulong)(source >> 64) != 0 && (ulong)(destination >> 64) != 0 && !IsMulticastV6(source) && !IsMulticastV6(destination);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool HasBroadcast(in PlainPacket packet, NicBinding nic) => IsBroadcast(packet.Source, nic) || IsBroadcast(packet.Destination, nic);

    private static bool IsDhcpPort(ushort port) => port is DhcpServerPort or DhcpClientPort or DhcpV6ClientPort or DhcpV6ServerPort;

    // A piece of a fragmented datagram is never admitted as DHCP: the rest of it would follow unseen.
    private static bool IsWholeUdp(in ParsedPacket packet, ushort sourcePort, ushort destinationPort) =>
        IsUdp(packet, sourcePort, destinationPort) && !packet.Has(PacketTraits.Fragment);

    private static bool IsUdp(in ParsedPacket packet, ushort sourcePort, ushort destinationPort) =>
        packet.Protocol == ProtocolNumbers.Udp && packet.SourcePort == sourcePort && packet.DestinationPort == destinationPort;
}
