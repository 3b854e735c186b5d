using System.Buffers.Binary;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Linux.Tests.Kernel;

// Datagrams in fragments: Linux puts them together and judges the whole, the library judges each piece.
internal static partial class KnownDifferences
{
    private static IReadOnlyList<KnownDifference> Fragments =>
    [
        new(
            "datagram whose first piece has not the whole transport header", "denies `TinyFragment`", "passes it, put together", "behaviour G05, G06; RFC 7112; RFC 1858",
            difference => difference is { IsStricter: true, Reason: Reason.TinyFragment },
            Witness.Of(P0, e => Pieces(e, e.Out.Tcp(40_000, 443, TcpFlags.Syn, 1000), 1, 8)) with { Only = Ethertype.IPv4 }),
        new(
            "datagram of which a piece came twice, or over another", "denies `OverlappingFragment`", "passes it, if the octets are those of one piece (IPv4)",
            "RFC 5722 for both families: what overlaps is not meant well; off for IPv4 unless `CheckIPv4Overlaps`",
            difference => difference is { IsStricter: true, Reason: Reason.OverlappingFragment },
            Witness.Of(P0, e => [.. Pieces(e, Query(e), 2, 24).Take(1), .. Pieces(e, Query(e), 2, 16).Take(1), .. Pieces(e, Query(e), 2, 24).Skip(1)])
                with { Only = Ethertype.IPv4, Options = Options with { Fragments = new FragmentOptions { CheckIPv4Overlaps = true } } }),
        new(
            "IPv6 atomic fragment with the identification of other pieces", "judges it by itself", "drops it with them",
            "RFC 6946, 4: whole packets, never to be mixed with other fragments",
            difference => difference.IsLooser && FragmentReader.IsAtomic(difference.Last.Crossing.Packet),
            Witness.Of(P0, e => [.. Pieces(e, Query(e), 5, 24).Take(1), (Direction.Egress, e.Out.Fragment(0, false, 5).Udp(40_000, 53))]) with { Only = Ethertype.IPv6 }),
        new(
            "piece that comes before the first of its datagram, or without one", "denies `LaterFragmentWithoutFirst`, unless it is told to hold such", "waits for the first; without connection tracking passes it",
            "behaviour G02, G03; no rule can judge it",
            difference => difference is { IsStricter: true, Reason: Reason.LaterFragmentWithoutFirst },
            Witness.Of(P0, e => Pieces(e, Query(e), 7, 24).Reverse())),
        new(
            "datagram in pieces that is shorter than its UDP header says", "passes it", "drops it as invalid",
            "no piece shows it; its receiver drops it (RFC 768)",
            difference => difference.IsLooser && IsShorterThanItSays(difference),
            Witness.Of(P0, e => Pieces(e, e.Out.Udp(40_000, 53).UdpLength(4096).PayloadOfLength(100), 8, 24))),
        new(
            "what follows a first piece whose datagram does not get whole", "knows its connection", "knows nothing of it",
            "behaviour 3 \"Later fragments bypass policy\": the first piece has the verdict; to wait for the last would mean to hold packets",
            difference => Unfinished(difference.Before.Where(judged => KeyOf(judged) != KeyOf(difference.Last))),
            Witness.Of(P0, e => [.. Pieces(e, Query(e), 3, 24).Take(1), (Direction.Ingress, e.In.Udp(53, 40_000))])),
        new(
            "datagram of which a piece was denied", "passes it without that piece", "drops it with that piece",
            "what was denied does not reach the host, and is none of its datagram",
            difference => difference.IsLooser && difference.Before.Any(judged => !judged.Decision.IsAllowed && KeyOf(judged) == KeyOf(difference.Last)),
            Witness.Of(P0, e => Pieces(e, Query(e), 4, 24).Prepend((Direction.Egress, e.Out.Piece(17, 4, 0, true, new byte[8])))) with { Only = Ethertype.IPv4 }),
        new(
            "piece that comes again, now as the last", "passes it", "takes it for the same as before, and never gets the datagram whole",
            "no octet is another: which of the two is right is for the host to say",
            difference => difference.IsLooser && ComesAgainAsLast(difference),
            Witness.Of(P0, e =>
            [
                .. Pieces(e, Query(e), 6, 24, 32).Take(2),
                (Direction.Egress, e.Out.Piece(17, 6, 32, true, new byte[80])),
                (Direction.Egress, e.Out.Piece(17, 6, 32, false, new byte[80])),
            ]) with { Only = Ethertype.IPv4 }),
    ];

    private static DatagramKey KeyOf(Judged judged) => DatagramKey.Of(judged.Crossing);

    private static FragmentOfDatagram[] PiecesOf(Difference difference) =>
    [
        .. difference.Story.Where(judged => KeyOf(judged) == KeyOf(difference.Last)).Select(judged => FragmentReader.Read(judged.Crossing.Packet))
            .OfType<FragmentOfDatagram>(),
    ];

    private static bool IsShorterThanItSays(Difference difference)
    {
        FragmentOfDatagram[] pieces = PiecesOf(difference);
        int octets = pieces.Select(piece => piece.Offset + piece.Octets.Length).DefaultIfEmpty().Max();
        return pieces.Any(first => first is { Protocol: ProtocolNumbers.Udp, Offset: 0 } && BinaryPrimitives.ReadUInt16BigEndian(first.Octets.AsSpan(4)) > octets);
    }

    private static bool ComesAgainAsLast(Difference difference)
    {
        FragmentOfDatagram[] pieces = PiecesOf(difference);
        return pieces.Any(last => !last.HasMore && pieces.Any(other => other.HasMore && other.Offset + other.Octets.Length >= last.Offset + last.Octets.Length));
    }

    private static bool Unfinished(IEnumerable<Judged> story) =>
        story.GroupBy(KeyOf).Any(datagram => datagram.Key.Identification != 0 && IsBegun(datagram) && !IsWhole(datagram));

    private static bool IsBegun(IEnumerable<Judged> pieces) =>
        pieces.Any(judged => judged.Decision.IsAllowed && FragmentReader.Read(judged.Crossing.Packet) is { Offset: 0 });

    private static bool IsWhole(IEnumerable<Judged> pieces)
    {
        FragmentReceiver host = new(isIPv4: false, lastWins: false);
        return pieces.Any(judged => judged.Decision.IsAllowed && host.Take(FragmentReader.Read(judged.Crossing.Packet)!) is not null);
    }

    private static byte[] Query(Ends e) => e.Out.Udp(40_000, 53).PayloadOfLength(100);

    // A datagram of W cut at these octets; each witness has an identification of its own, as the kernel remembers.
    private static IEnumerable<(Direction, PacketBuilder)> Pieces(Ends e, byte[] whole, uint identification, params int[] cuts)
    {
        byte protocol = whole[e.IsIPv4 ? 9 : 6];
        byte[] octets = whole[(e.IsIPv4 ? 20 : 40)..];
        int[] edges = [0, .. cuts, octets.Length];
        return edges.Zip(edges.Skip(1), (start, end) => (Direction.Egress, e.Out.Piece(protocol, identification, start, end < octets.Length, octets[start..end])));
    }
}
