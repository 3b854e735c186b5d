using SecurityGroups.Packets;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Linux.Tests.Kernel;

// What is wrong with a packet by itself: hardening.
internal static partial class KnownDifferences
{
    private const byte AuthenticationHeader = 51;
    private const byte NoNextHeader = 59;
    private static readonly byte[] s_uncommonHeaders = [135, 139, 140];

    private static IReadOnlyList<KnownDifference> Form =>
    [
        new(
            "port 0", "denies `Malformed`", "passes it", "behaviour F09, decisions.md \"Infrastructure\": reserved (RFC 6335); `AllowPortZero`",
            difference => difference is { IsStricter: true, Reason: Reason.Malformed } && (difference.Packet.SourcePort == 0 || difference.Packet.DestinationPort == 0) && difference.Packet.Has(PacketTraits.Ports),
            Witness.Of(P0, e => [(Direction.Egress, e.Out.Udp(40_000, 0))])),
        new(
            "extension headers out of order, or a routing header of type 0", "denies `BadExtensionHeader`", "passes it",
            "behaviour X02, X03; RFC 8200, 4.1; RFC 5095",
            difference => difference is { IsStricter: true, Reason: Reason.BadExtensionHeader },
            Witness.Of(P0, e => [(Direction.Egress, e.Out.Udp(40_000, 53).Routing(0))]) with { Only = Ethertype.IPv6 }),
        new(
            "more extension headers than anybody needs", "denies `ExtensionHeaderLimit`", "passes them", "behaviour X04; RFC 8504, 5.3",
            difference => difference is { IsStricter: true, Reason: Reason.ExtensionHeaderLimit },
            Witness.Of(P0, e => [(Direction.Egress, Enumerable.Range(0, 9).Aggregate(e.Out.Udp(40_000, 53), (packet, _) => packet.DestinationOptions()))]) with { Only = Ethertype.IPv6 }),
        new(
            "IPv6 without next header (59)", "passes it by a rule for any protocol or for 59", "drops it as invalid", "behaviour X07; RFC 8200, 4.7",
            difference => difference is { IsLooser: true, Reason: Reason.MatchedRule } && HeadersOf(difference.Last.Crossing.Packet).Contains(NoNextHeader),
            Witness.Of(P0, e => [(Direction.Egress, e.Out.Protocol(NoNextHeader))]) with { Only = Ethertype.IPv6 }),
        new(
            "what follows a source-routed packet", "saw nothing of it", "has tracked it before the IP layer dropped it",
            "behaviour 3: form comes first (decisions.md \"Order of one packet\"); RFC 7126, 4.3 and 4.4",
            difference => difference.Before.Any(judged => judged.Decision.Reason == Reason.IpOptions),
            Witness.Of(P0, e =>
            [
                (Direction.Egress, e.Out.Tcp(40_000, 443, TcpFlags.Syn, 1000)),
                (Direction.Ingress, e.In.Tcp(443, 40_000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001).IPv4Options(131, 7, 4, 10, 0, 0, 1)),
                (Direction.Egress, e.Out.Tcp(40_000, 443, TcpFlags.Ack, 1001, 5001)),
            ]) with { Only = Ethertype.IPv4 }),
        new(
            "mobility, HIP and Shim6 headers", "are walked: the transport behind them counts", "are taken for the transport",
            "behaviour 3 \"Unknown ext header hides L4\"; RFC 7045",
            difference => difference.Story.Any(judged => HeadersOf(judged.Crossing.Packet).Intersect(s_uncommonHeaders).Any()),
            Witness.Of(P1, e => [(Direction.Ingress, e.In.Tcp(40_000, 22, TcpFlags.Syn, 1000).Extension(135, 0, 0, 0, 0, 0, 0, 0, 0))]) with { Only = Ethertype.IPv6 }),
        new(
            "what is behind an authentication header", "is what the rules see", "is not seen by nftables, which takes the header for the transport",
            "behaviour X05; decisions.md: AH is walked in IPv6",
            difference => difference.Story.Any(judged => HeadersOf(judged.Crossing.Packet).Contains(AuthenticationHeader)),
            Witness.Of(P1, e => [(Direction.Ingress, e.In.Tcp(40_000, 22, TcpFlags.Syn, 1000).Authentication())]) with { Only = Ethertype.IPv6 }),
        new(
            "SCTP", "goes by addresses and ports", "goes by its chunks and tags, too",
            "decisions.md \"Connections\": SCTP by five-tuple, a class of its own",
            difference => difference.Packet.Protocol == ProtocolNumbers.Sctp,
            Witness.Told(P0, "> sctp")),
        new(
            "DCCP", "goes by addresses and ports", "goes by addresses alone (since 6.16), before by its states, too",
            "decisions.md \"Connections\": DCCP by five-tuple",
            difference => difference.Packet.Protocol == ProtocolNumbers.Dccp,
            Witness.Told(P0, "> dccp; < dccp rp=54")),
        new(
            "DHCP answers of the instance", "denies `InfrastructureBan`", "passes them by a rule",
            "semantics 39: the instance is no DHCP server unless told so",
            difference => difference is { IsStricter: true, Reason: Reason.InfrastructureBan },
            Witness.Of(P0, e => [(Direction.Egress, e.IsIPv4 ? e.Out.Udp(67, 68) : e.Out.Udp(547, 546))])),
    ];

    // The numbers along the chain, the last one included.
    private static List<byte> HeadersOf(ReadOnlySpan<byte> packet)
    {
        List<byte> numbers = [];
        for (int at = 6, offset = 40; packet[0] >> 4 == 6 && at < packet.Length;)
        {
            byte number = packet[at];
            numbers.Add(number);
            if (number is not (0 or 43 or AuthenticationHeader or 60) || offset + 8 > packet.Length)
            {
                break;
            }

            at = offset;
            offset += number == AuthenticationHeader ? (packet[at + 1] + 2) * 4 : (packet[at + 1] + 1) * 8;
        }

        return numbers;
    }
}
