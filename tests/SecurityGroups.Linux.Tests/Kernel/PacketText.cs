using System.Globalization;
using System.Text;
using SecurityGroups.Packets;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>A packet in one line, in the language of the tests' stories where it can say it.</summary>
internal static class PacketText
{
    public static string Of(Crossing crossing)
    {
        Reason form = PacketParser.Parse(crossing.Packet, crossing.Packet.Length, LinkType.RawIp, default, out ParsedPacket packet);
        StringBuilder text = new(crossing.Direction == Direction.Egress ? "> " : "< ");
        text.Append(packet.Protocol == ProtocolNumbers.Tcp && packet.Has(PacketTraits.Ports) ? Tcp(packet) : Other(packet));
        text.Append(form == Reason.NotEvaluated ? "" : $" ({form})");
        text.Append(packet.Has(PacketTraits.ExtensionHeaders) ? $" behind {Convert.ToHexString(crossing.Packet.AsSpan(6, 1))}" : "");
        if (FragmentReader.Read(crossing.Packet) is { } piece)
        {
            string more = piece.HasMore ? "+" : "";
            text.Append(CultureInfo.InvariantCulture, $" piece {piece.Offset}..{piece.Offset + piece.Octets.Length}{more} of {piece.Identification}");
        }

        return text.Append(CultureInfo.InvariantCulture, $" [{packet.SourcePort}>{packet.DestinationPort}]").ToString();
    }

    private static string Tcp(in ParsedPacket packet)
    {
        string flags = string.Concat(Enum.GetValues<TcpFlags>().Where(flag => flag != 0).Where(HasFlag(packet.TcpFlags)).Select(flag => flag.ToString()[..1].ToUpperInvariant()));
        string octets = packet.TcpPayloadOctets == 0 ? "" : $"+{packet.TcpPayloadOctets}";
        string scale = packet.Has(PacketTraits.WindowScale) ? $" ws={packet.TcpWindowScale}" : "";
        string sack = (packet.Has(PacketTraits.SackPermitted) ? " sackok=1" : "") + (packet.Has(PacketTraits.Sack) ? $" sack={packet.TcpSackHighest}" : "");
        return $"{(flags.Length == 0 ? "-" : flags)} {packet.TcpSequence}{octets} {packet.TcpAcknowledgment} win={packet.TcpWindow}{scale}{sack}";
    }

    private static Func<TcpFlags, bool> HasFlag(TcpFlags flags) => flag => (flags & flag) != 0;

    private static string Other(in ParsedPacket packet) => packet.Has(PacketTraits.Icmp)
        ? $"icmp {packet.IcmpType}/{packet.IcmpCode} id={packet.SourcePort}"
        : $"proto {packet.Protocol}";
}
