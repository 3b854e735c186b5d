using System.Buffers.Binary;
using System.Net;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>UDP datagrams from one sender to port 53 of one NIC that lets them in, raw IP, whole or in pieces of 512 octets of data.</summary>
internal static class FragmentedDatagrams
{
    private const int DataOctets = 512;
    private const int IPv4Octets = 20;
    private const int IPv6Octets = 48;
    private const byte Udp = 17;
    private const byte FragmentHeader = 44;

    public static (Firewall Firewall, NicFilter Nic) NewFirewall()
    {
        SecurityGroup group = SecurityGroup.CreateEmpty("dns").WithRule(SecurityGroupRule.Ingress(IpProtocol.Udp, 53, Remote.Any));
        Nic nic = new("eth0") { Addresses = [IPAddress.Parse("10.0.0.5"), IPAddress.Parse("2001:db8::5")], SecurityGroups = ["dns"] };
        Firewall firewall = new(Policy.Create([group], [nic]), new FirewallOptions { LinkType = LinkType.RawIp });
        return (firewall, firewall["eth0"]);
    }

    public static byte[][] Whole(bool ipv6, int count) => [.. Enumerable.Range(0, count).Select(i => Piece(ipv6, (uint)i, 0, more: false))];

    public static byte[][] InPieces(bool ipv6, int count, int pieces) =>
        [.. Enumerable.Range(0, count * pieces).Select(i => Piece(ipv6, (uint)(i / pieces), i % pieces * DataOctets, more: i % pieces < pieces - 1))];

    private static byte[] Piece(bool ipv6, uint identification, int offset, bool more)
    {
        byte[] packet = new byte[(ipv6 ? IPv6Octets : IPv4Octets) + DataOctets];
        if (ipv6)
        {
            WriteIPv6(packet, identification, offset, more);
        }
        else
        {
            WriteIPv4(packet, identification, offset, more);
        }

        if (offset == 0)
        {
            Span<byte> udp = packet.AsSpan(ipv6 ? IPv6Octets : IPv4Octets);
            BinaryPrimitives.WriteUInt16BigEndian(udp, 40_000);
            BinaryPrimitives.WriteUInt16BigEndian(udp[2..], 53);
            BinaryPrimitives.WriteUInt16BigEndian(udp[4..], DataOctets);
        }

        return packet;
    }

    private static void WriteIPv4(Span<byte> packet, uint identification, int offset, bool more)
    {
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], (ushort)((offset / 8) | (more ? 0x2000 : 0)));
        packet[8] = 64;
        packet[9] = Udp;
        IPAddress.Parse("203.0.113.7").TryWriteBytes(packet[12..], out _);
        IPAddress.Parse("10.0.0.5").TryWriteBytes(packet[16..], out _);
    }

    private static void WriteIPv6(Span<byte> packet, uint identification, int offset, bool more)
    {
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)(packet.Length - 40));
        packet[6] = FragmentHeader;
        packet[7] = 64;
        IPAddress.Parse("2001:db8:1::7").TryWriteBytes(packet[8..], out _);
        IPAddress.Parse("2001:db8::5").TryWriteBytes(packet[24..], out _);
        packet[40] = Udp;
        BinaryPrimitives.WriteUInt16BigEndian(packet[42..], (ushort)(offset | (more ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(packet[44..], identification);
    }
}
