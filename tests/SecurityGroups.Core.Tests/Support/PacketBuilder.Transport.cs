using System.Numerics;
using SecurityGroups.Packets;

namespace SecurityGroups.Tests.Support;

// TCP, UDP, UDP-Lite, SCTP, DCCP, ICMP and ICMPv6, any other protocol.
internal sealed partial record PacketBuilder
{
    private const byte Icmp4 = 1;
    private const byte TcpNumber = 6;
    private const byte UdpNumber = 17;
    private const byte DccpNumber = 33;
    private const byte Icmp6 = 58;
    private const byte SctpNumber = 132;
    private const byte UdpLiteNumber = 136;

    // Not a protocol of this list: RFC 3692 experiments.
    private byte TransportProtocol { get; init; } = 253;

    private byte[] TransportHeader { get; init; } = [];

    private byte[] PayloadOctets { get; init; } = [];

    private ushort? TransportChecksumField { get; init; }

    private ushort? UdpLengthField { get; init; }

    private ImmutableTransportPatches TransportPatches { get; init; } = new([]);

    /// <summary>TCP; the data offset follows the options, which are padded to four octets.</summary>
    public PacketBuilder Tcp(
        int sourcePort, int destinationPort, TcpFlags flags = TcpFlags.Syn, uint sequence = 0, uint acknowledgment = 0, int window = 10_000, byte[]? options = null)
    {
        byte[] padded = Pad(options ?? [], 4);
        return Transport(
            TcpNumber,
            [
                .. Ports(sourcePort, destinationPort), .. BigEndian(sequence), .. BigEndian(acknowledgment),
                (byte)((5 + (padded.Length / 4)) << 4), (byte)flags, .. BigEndian((ushort)window), 0, 0, 0, 0, .. padded,
            ]);
    }

    /// <summary>UDP; the length covers the payload.</summary>
    public PacketBuilder Udp(int sourcePort, int destinationPort) => Transport(UdpNumber, [.. Ports(sourcePort, destinationPort), 0, 0, 0, 0]);

    /// <summary>UDP-Lite with the checksum covering everything (coverage 0, RFC 3828).</summary>
    public PacketBuilder UdpLite(int sourcePort, int destinationPort) =>
        Transport(UdpLiteNumber, [.. Ports(sourcePort, destinationPort), 0, 0, 0, 0]);

    /// <summary>SCTP: the common header and an INIT chunk header's worth of payload.</summary>
    public PacketBuilder Sctp(int sourcePort, int destinationPort) =>
        Transport(SctpNumber, [.. Ports(sourcePort, destinationPort), 0, 0, 0, 1, 0, 0, 0, 0]) with { PayloadOctets = [1, 0, 0, 4] };

    /// <summary>DCCP: a request with the long sequence number (RFC 4340).</summary>
    public PacketBuilder Dccp(int sourcePort, int destinationPort) =>
        Transport(DccpNumber, [.. Ports(sourcePort, destinationPort), 5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);

    /// <summary>ICMP or ICMPv6, by the family of the addresses; <paramref name="rest"/> is the second word of the header.</summary>
    public PacketBuilder Icmp(int type, int code = 0, uint rest = 0) =>
        Transport(IsIPv4 ? Icmp4 : Icmp6, [(byte)type, (byte)code, 0, 0, .. BigEndian(rest)]);

    /// <summary>ICMP echo request: type 8 or 128.</summary>
    public PacketBuilder EchoRequest(ushort identifier = 7, ushort sequence = 1) => Icmp(IsIPv4 ? 8 : 128, 0, Word(identifier, sequence));

    /// <summary>ICMP echo reply: type 0 or 129.</summary>
    public PacketBuilder EchoReply(ushort identifier = 7, ushort sequence = 1) => Icmp(IsIPv4 ? 0 : 129, 0, Word(identifier, sequence));

    /// <summary>An ICMP error that quotes a raw IP packet, whole or cut; <paramref name="rest"/> carries the MTU or pointer.</summary>
    public PacketBuilder IcmpError(int type, int code, byte[] quoted, uint rest = 0) => Icmp(type, code, rest).Payload(quoted);

    /// <summary>Destination (port) unreachable that quotes a packet: type 3 code 3, or type 1 code 4.</summary>
    public PacketBuilder PortUnreachable(byte[] quoted) => IsIPv4 ? IcmpError(3, 3, quoted) : IcmpError(1, 4, quoted);

    /// <summary>Packet too big: type 3 code 4, or type 2.</summary>
    public PacketBuilder PacketTooBig(byte[] quoted, uint mtu) => IsIPv4 ? IcmpError(3, 4, quoted, mtu) : IcmpError(2, 0, quoted, mtu);

    /// <summary>Any IP protocol with a payload.</summary>
    public PacketBuilder Protocol(byte protocol, params byte[] payload) => Transport(protocol, []).Payload(payload);

    /// <summary>Octets behind the transport header.</summary>
    public PacketBuilder Payload(params byte[] octets) => this with { PayloadOctets = octets };

    /// <summary>That many zero octets behind the transport header.</summary>
    public PacketBuilder PayloadOfLength(int octets) => Payload(new byte[octets]);

    /// <summary>Overwrites octets of the transport header and payload; the checksum covers the change.</summary>
    public PacketBuilder PatchTransport(int offset, params byte[] octets) => this with { TransportPatches = TransportPatches.Add(offset, octets) };

    /// <summary>Overrides the TCP data offset, in 4-octet words.</summary>
    public PacketBuilder TcpDataOffset(int words) => PatchTransport(12, (byte)(words << 4));

    /// <summary>Overrides the UDP length field.</summary>
    public PacketBuilder UdpLength(int octets) => this with { UdpLengthField = (ushort)octets };

    /// <summary>Overrides the transport checksum; with SCTP the first two octets of its CRC.</summary>
    public PacketBuilder TransportChecksum(ushort checksum) => this with { TransportChecksumField = checksum };

    private PacketBuilder Transport(byte protocol, byte[] header) => this with
    {
        TransportProtocol = protocol,
        TransportHeader = header,
        PayloadOctets = [],
        TransportChecksumField = null,
        UdpLengthField = null,
        TransportPatches = new([]),
    };

    private byte[] TransportOctets()
    {
        if (FragmentField is { Offset: > 0 })
        {
            return PayloadOctets;
        }

        byte[] octets = [.. TransportHeader, .. PayloadOctets];
        if (TransportProtocol == UdpNumber)
        {
            BigEndian(UdpLengthField ?? (ushort)octets.Length).CopyTo(octets, 4);
        }

        TransportPatches.Apply(octets);
        WriteChecksum(octets);
        return octets;
    }

    private void WriteChecksum(byte[] octets)
    {
        int offset = TransportProtocol switch
        {
            TcpNumber => 16,
            UdpNumber or UdpLiteNumber or DccpNumber => 6,
            Icmp4 or Icmp6 => 2,
            SctpNumber => 8,
            _ => int.MaxValue,
        };
        if (offset > octets.Length - 2)
        {
            return;
        }

        if (TransportChecksumField is { } given)
        {
            BigEndian(given).CopyTo(octets, offset);
        }
        else if (TransportProtocol == SctpNumber)
        {
            BitConverter.TryWriteBytes(octets.AsSpan(offset), Crc32C(octets));
        }
        else
        {
            ushort sum = InternetChecksum(TransportProtocol == Icmp4 ? octets : [.. PseudoHeader(octets.Length), .. octets]);
            BigEndian(sum == 0 && TransportProtocol == UdpNumber ? ushort.MaxValue : sum).CopyTo(octets, offset);
        }
    }

    private byte[] PseudoHeader(int octets) =>
        [.. Source.GetAddressBytes(), .. Destination.GetAddressBytes(), .. BigEndian((uint)octets), 0, 0, 0, TransportProtocol];

    private static byte[] Ports(int source, int destination) => [.. BigEndian((ushort)source), .. BigEndian((ushort)destination)];

    private static uint Word(ushort high, ushort low) => ((uint)high << 16) | low;

    private static ushort InternetChecksum(ReadOnlySpan<byte> octets)
    {
        uint sum = 0;
        for (int i = 0; i < octets.Length; i++)
        {
            sum += (uint)octets[i] << ((i & 1) == 0 ? 8 : 0);
        }

        sum = (sum >> 16) + (sum & 0xFFFF);
        return (ushort)~((sum >> 16) + sum);
    }

    private static uint Crc32C(ReadOnlySpan<byte> octets)
    {
        uint crc = uint.MaxValue;
        foreach (byte octet in octets)
        {
            crc = BitOperations.Crc32C(crc, octet);
        }

        return ~crc;
    }

    private sealed record ImmutableTransportPatches(System.Collections.Immutable.ImmutableArray<(int Offset, byte[] Octets)> Items)
    {
        public ImmutableTransportPatches Add(int offset, byte[] octets) => new(Items.Add((offset, octets)));

        public void Apply(byte[] target)
        {
            foreach ((int offset, byte[] octets) in Items)
            {
                octets.CopyTo(target, offset);
            }
        }
    }
}
