using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace SecurityGroups.Tests.Support;

/// <summary>
/// Packets for tests, fluent and immutable: every call gives a changed copy, so a base can be kept and varied. Lengths and checksums
/// are right unless overridden; raw IP unless <see cref="Ethernet"/> is called. The last call wins.
/// </summary>
/// <example><c>PacketBuilder.Ip("10.0.0.5", "203.0.113.7").Tcp(40000, 443, TcpFlags.Syn).Build()</c></example>
internal sealed partial record PacketBuilder
{
    public const string DefaultSourceMac = "02:00:00:00:00:01";
    public const string DefaultDestinationMac = "02:00:00:00:00:02";

    private const ushort IPv4Type = 0x0800;
    private const ushort IPv6Type = 0x86DD;
    private const ushort ArpType = 0x0806;

    private PacketBuilder()
    {
    }

    private (string Source, string Destination)? Macs { get; init; }

    private ImmutableArray<(ushort TagType, int VlanId)> Tags { get; init; } = [];

    private ushort? EtherTypeField { get; init; }

    private byte[]? RawNetwork { get; init; }

    private int PaddingOctets { get; init; }

    private int? KeptOctets { get; init; }

    private ImmutableArray<(int Offset, byte[] Octets)> NetworkPatches { get; init; } = [];

    /// <summary>An IPv4 or IPv6 packet, by the family of the addresses. Without a transport it carries protocol 253 and nothing.</summary>
    public static PacketBuilder Ip(IPAddress source, IPAddress destination) => new() { Source = source, Destination = destination };

    /// <inheritdoc cref="Ip(IPAddress, IPAddress)"/>
    public static PacketBuilder Ip(string source, string destination) => Ip(IPAddress.Parse(source), IPAddress.Parse(destination));

    /// <summary>An Ethernet frame of any ethertype (or 802.3 length, below 0x0600).</summary>
    public static PacketBuilder Frame(ushort etherType, params byte[] payload) =>
        new PacketBuilder { RawNetwork = payload, EtherTypeField = etherType }.Ethernet();

    /// <summary>Puts an Ethernet header in front.</summary>
    public PacketBuilder Ethernet(string sourceMac = DefaultSourceMac, string destinationMac = DefaultDestinationMac) =>
        this with { Macs = (sourceMac, destinationMac) };

    /// <summary>Adds a VLAN tag behind those already there: the first call is the outer tag.</summary>
    public PacketBuilder Vlan(int vlanId, ushort tagType = 0x8100) =>
        (Macs is null ? Ethernet() : this) with { Tags = Tags.Add((tagType, vlanId)) };

    /// <summary>Overrides the ethertype of the Ethernet header.</summary>
    public PacketBuilder EtherType(ushort etherType) => this with { EtherTypeField = etherType };

    /// <summary>Adds zero octets behind the packet, as Ethernet does with short frames.</summary>
    public PacketBuilder Padding(int octets) => this with { PaddingOctets = octets };

    /// <summary>Keeps only the first octets of the finished packet.</summary>
    public PacketBuilder Truncate(int octets) => this with { KeptOctets = octets };

    /// <summary>Overwrites octets of the finished packet, from the network header on; checksums are not repaired.</summary>
    public PacketBuilder Patch(int offset, params byte[] octets) => this with { NetworkPatches = NetworkPatches.Add((offset, octets)) };

    public static implicit operator byte[](PacketBuilder packet) => packet.Build();

    public static implicit operator ReadOnlySpan<byte>(PacketBuilder packet) => packet.Build();

    public static implicit operator ReadOnlyMemory<byte>(PacketBuilder packet) => packet.Build();

    /// <summary>The octets.</summary>
    public byte[] Build()
    {
        byte[] network = RawNetwork ?? (IsIPv4 ? BuildIPv4() : BuildIPv6());
        network = RawNetwork is null ? network : [.. network];
        foreach ((int offset, byte[] octets) in NetworkPatches)
        {
            octets.CopyTo(network, offset);
        }

        byte[] packet = [.. LinkHeader(), .. network, .. new byte[PaddingOctets]];
        return KeptOctets is { } kept ? packet[..kept] : packet;
    }

    private byte[] LinkHeader()
    {
        if (Macs is not { } macs)
        {
            return [];
        }

        ushort etherType = EtherTypeField ?? (IsIPv4 ? IPv4Type : IPv6Type);
        IEnumerable<byte> tags = Tags.SelectMany(tag => BigEndian(tag.TagType).Concat(BigEndian((ushort)tag.VlanId)));
        return [.. MacOctets(macs.Destination), .. MacOctets(macs.Source), .. tags, .. BigEndian(etherType)];
    }

    private bool IsIPv4 => Source.AddressFamily == AddressFamily.InterNetwork;

    private static byte[] MacOctets(string mac) => PhysicalAddress.Parse(mac).GetAddressBytes();

    private static byte[] BigEndian(ushort value) => [(byte)(value >> 8), (byte)value];

    private static byte[] BigEndian(uint value)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return octets;
    }
}
