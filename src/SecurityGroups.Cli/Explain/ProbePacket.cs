using System.Buffers.Binary;
using System.Numerics;

namespace SecurityGroups.Cli.Explain;

/// <summary>
/// Builds the octets of a <see cref="Probe"/>: a raw IP packet that opens a connection, lengths and checksums right. TCP has its SYN, SCTP its
/// INIT, DCCP its request; ICMP an identifier; UDP and UDP-Lite a bare header; any other protocol eight zero octets.
/// </summary>
internal static class ProbePacket
{
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte Dccp = 33;
    private const byte Icmp = 1;
    private const byte IcmpV6 = 58;
    private const byte Sctp = 132;
    private const byte UdpLite = 136;
    private const byte HopLimit = 64;
    private const int IPv4HeaderOctets = 20;
    private const int IPv6HeaderOctets = 40;

    public static byte[] Build(Probe probe, UInt128 local)
    {
        (UInt128 source, UInt128 destination) = probe.Direction == Direction.Ingress ? (probe.Remote, local) : (local, probe.Remote);
        byte[] transport = Transport(probe);
        byte[] header = probe.Ethertype == Ethertype.IPv4
            ? IPv4Header(probe.Protocol.Number, source, destination, transport.Length)
            : IPv6Header(probe.Protocol.Number, source, destination, transport.Length);
        SetTransportChecksum(probe, source, destination, transport);
        return [.. header, .. transport];
    }

    /// <summary>The Internet checksum (RFC 1071) of octets and a sum carried in.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> octets, uint sum = 0)
    {
        for (; octets.Length > 1; octets = octets[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(octets);
        }

        sum += octets.Length == 1 ? (uint)octets[0] << 8 : 0;
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum += sum >> 16;
        return (ushort)~sum;
    }

    /// <summary>SCTP's checksum (RFC 9260, appendix A).</summary>
    private static uint Crc32C(ReadOnlySpan<byte> octets)
    {
        uint crc = uint.MaxValue;
        foreach (byte octet in octets)
        {
            crc = BitOperations.Crc32C(crc, octet);
        }

        return ~crc;
    }

    private static byte[] Transport(Probe probe)
    {
        byte[] octets = new byte[OctetsOf(probe.Protocol.Number)];
        if (probe.Protocol.HasPorts)
        {
            BinaryPrimitives.WriteUInt16BigEndian(octets, probe.SourcePort);
            BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), probe.DestinationPort);
        }

        switch (probe.Protocol.Number)
        {
            case Tcp:
                octets[12] = 5 << 4;
                octets[13] = 0x02;
                BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(14), ushort.MaxValue);
                break;
            case Udp or UdpLite:
                // UDP's length; UDP-Lite's checksum coverage (RFC 3828), here the same.
                octets[5] = (byte)octets.Length;
                break;
            case Dccp:
                // Data offset in words, type request, 48-bit sequence numbers (RFC 4340).
                octets[4] = (byte)(octets.Length / 4);
                octets[8] = 1;
                break;
            case Sctp:
                // Verification tag 0 and one INIT chunk with a tag, a window and one stream each way (RFC 9260).
                octets[12] = 1;
                octets[15] = 20;
                octets[19] = 1;
                octets[22] = 0xFF;
                octets[25] = 1;
                octets[27] = 1;
                break;
            case Icmp or IcmpV6:
                octets[0] = probe.IcmpType;
                octets[1] = probe.IcmpCode;
                octets[5] = 1;
                break;
            default:
                break;
        }

        return octets;
    }

    private static int OctetsOf(byte protocol) => protocol switch
    {
        Tcp => 20,
        Dccp => 20,
        Sctp => 12 + 20,
        _ => 8,
    };

    private static void SetTransportChecksum(Probe probe, UInt128 source, UInt128 destination, byte[] transport)
    {
        byte protocol = probe.Protocol.Number;
        if (protocol == Sctp)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(transport.AsSpan(8), Crc32C(transport));
        }

        int offset = protocol switch
        {
            Tcp => 16,
            Udp or UdpLite or Dccp => 6,
            Icmp or IcmpV6 => 2,
            _ => -1,
        };
        if (offset < 0)
        {
            return;
        }

        // ICMP for IPv4 is the one without a pseudo-header. In UDP and UDP-Lite a sum of 0 is written as its other form: 0 means none.
        uint pseudo = protocol == Icmp ? 0 : protocol + (uint)transport.Length + SumOf(source) + SumOf(destination);
        ushort checksum = Checksum(transport, pseudo);
        bool isNone = checksum == 0 && protocol is (Udp or UdpLite);
        BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan(offset), isNone ? ushort.MaxValue : checksum);
    }

    private static uint SumOf(UInt128 address)
    {
        uint sum = 0;
        for (; address != 0; address >>= 16)
        {
            sum += (ushort)address;
        }

        return sum;
    }

    private static byte[] IPv4Header(byte protocol, UInt128 source, UInt128 destination, int payloadOctets)
    {
        byte[] header = new byte[IPv4HeaderOctets];
        header[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(IPv4HeaderOctets + payloadOctets));
        header[8] = HopLimit;
        header[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(12), (uint)source);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(16), (uint)destination);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum(header));
        return header;
    }

    private static byte[] IPv6Header(byte protocol, UInt128 source, UInt128 destination, int payloadOctets)
    {
        byte[] header = new byte[IPv6HeaderOctets];
        header[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)payloadOctets);
        header[6] = protocol;
        header[7] = HopLimit;
        BinaryPrimitives.WriteUInt128BigEndian(header.AsSpan(8), source);
        BinaryPrimitives.WriteUInt128BigEndian(header.AsSpan(24), destination);
        return header;
    }
}
