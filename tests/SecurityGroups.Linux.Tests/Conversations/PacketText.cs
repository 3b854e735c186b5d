using System.Net;
using SecurityGroups.Packets;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>Packets in words, for failures and figures.</summary>
internal static class PacketText
{
    private static readonly ParserOptions s_options = new(VerifyChecksums: false, AllowPortZero: true, AllowSourceRoute: true);

    public static ParsedPacket Parse(ReadOnlySpan<byte> octets)
    {
        PacketParser.Parse(octets, LinkType.RawIp, s_options, out ParsedPacket packet);
        return packet;
    }

    /// <summary>Addresses, flags, numbers.</summary>
    public static string Of(ReadOnlySpan<byte> octets)
    {
        ParsedPacket packet = Parse(octets);
        string ends = $"{Address(packet.Source, packet)}.{packet.SourcePort} > {Address(packet.Destination, packet)}.{packet.DestinationPort}";
        if (packet.Protocol != ProtocolNumbers.Tcp)
        {
            return packet.Has(PacketTraits.Icmp)
                ? $"{ends} icmp {packet.IcmpType}/{packet.IcmpCode} length {octets.Length} {Convert.ToHexString(octets[..Math.Min(octets.Length, 96)])}"
                : $"{ends} protocol {packet.Protocol} length {octets.Length}";
        }

        string sack = packet.Has(PacketTraits.Sack) ? $" sack<{packet.TcpSackHighest}" : "";
        string scale = packet.Has(PacketTraits.WindowScale) ? $" scale {packet.TcpWindowScale}" : "";
        return $"{ends} {packet.TcpFlags} seq {packet.TcpSequence}+{packet.TcpPayloadOctets} ack {packet.TcpAcknowledgment} win {packet.TcpWindow}{scale}{sack}";
    }

    /// <summary>The same text for both directions of a connection.</summary>
    public static string FlowOf(ReadOnlySpan<byte> octets)
    {
        ParsedPacket packet = Parse(octets);
        bool hasPorts = packet.Has(PacketTraits.Ports);
        string source = $"{Address(packet.Source, packet)}.{(hasPorts ? packet.SourcePort : 0)}";
        string destination = $"{Address(packet.Destination, packet)}.{(hasPorts ? packet.DestinationPort : 0)}";
        return string.CompareOrdinal(source, destination) < 0 ? $"{packet.Protocol} {source} {destination}" : $"{packet.Protocol} {destination} {source}";
    }

    /// <summary>Which talk a packet belongs to, by its port.</summary>
    public static string TalkOf(ReadOnlySpan<byte> octets)
    {
        ParsedPacket packet = Parse(octets);
        return packet.Has(PacketTraits.IcmpError) ? "icmp error"
            : packet.Has(PacketTraits.Icmp) ? "ping"
            : Services.NameOf(packet.DestinationPort) ?? Services.NameOf(packet.SourcePort) ?? "other";
    }

    private static string Address(UInt128 address, in ParsedPacket packet)
    {
        byte[] octets = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(octets, address);
        return new IPAddress(packet.Kind == PacketKind.IPv4 ? octets[12..] : octets).ToString();
    }
}
