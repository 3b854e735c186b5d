using SecurityGroups.Packets;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Linux.Tests.Kernel;

// ICMP: errors, and messages that are neither errors nor queries.
internal static partial class KnownDifferences
{
    private const byte SourceQuench = 4;
    private const byte Redirect = 5;
    private const byte Gre = 47;

    private static IReadOnlyList<KnownDifference> Icmp =>
    [
        new(
            "ICMP error about a TCP segment that is not in flight", "denies `UnrelatedIcmp`", "passes it as related",
            "RFC 5927, 4.1; decisions.md \"in flight\": a blind attacker knows addresses and ports, not the sequence number",
            difference => IsStricterError(difference) && Quoted(difference) is { Protocol: ProtocolNumbers.Tcp } && !IsSteering(difference) && !HasBadMtu(difference),
            Witness.Of(P0, e => [(Direction.Egress, e.Out.Tcp(40_000, 443, TcpFlags.Syn, 1000)), (Direction.Ingress, e.In.PortUnreachable(e.Out.Tcp(40_000, 443, TcpFlags.Syn, 900_000)))])),
        new(
            "source quench, redirect", "denies `UnrelatedIcmp`", "passes it as related",
            "behaviour I16; RFC 6633 deprecates the one, the other steers hosts",
            difference => IsStricterError(difference) && IsSteering(difference),
            Witness.Of(P0, e => [(Direction.Egress, e.Out.Udp(40_000, 53)), (Direction.Ingress, e.In.IcmpError(Redirect, 0, e.Out.Udp(40_000, 53)))]) with { Only = Ethertype.IPv4 }),
        new(
            "packet too big with an MTU that no link has", "denies `UnrelatedIcmp`", "passes it as related",
            "behaviour I14; RFC 8201: below 1280 is no IPv6 MTU; RFC 791: below 68 is none of IPv4, but 0 stands for old routers (RFC 1191)",
            difference => IsStricterError(difference) && HasBadMtu(difference),
            Witness.Of(P0, e => [(Direction.Egress, e.Out.Udp(40_000, 53)), (Direction.Ingress, e.In.PacketTooBig(e.Out.Udp(40_000, 53), 67))])),
        new(
            "ICMP error that quotes fewer than 8 octets of the transport", "denies `Malformed`", "passes it, where the ports or the addresses were quoted",
            "behaviour I09; RFC 792: an error quotes 64 bits",
            difference => difference.IsStricter && difference.Reason == Reason.Malformed && difference.Packet.Has(PacketTraits.IcmpError),
            Witness.Of(P0, e => [(Direction.Egress, e.Out.Protocol(253, 1, 2, 3, 4, 5, 6, 7, 8)), (Direction.Ingress, e.In.PortUnreachable(Cut(e.Out.Protocol(253, 1, 2, 3, 4, 5, 6, 7, 8), 1)))])),
        new(
            "ICMP errors above the rate of the NIC", "denies `IcmpRateLimit`", "passes them",
            "issue 3, Behaviour 2; decisions.md \"Bucket\"",
            difference => difference is { IsStricter: true, Reason: Reason.IcmpRateLimit },
            Witness.Of(P0, e => Enumerable.Repeat((Direction.Ingress, e.In.PortUnreachable(e.Out.Udp(40_000, 53))), 11).Prepend((Direction.Egress, e.Out.Udp(40_000, 53))))
                with { Options = With(tracking => tracking with { IcmpErrorsPerSecond = 1 }) }),
        new(
            "ICMP that is neither error nor query, by a rule", "passes it, without connection", "drops it as invalid",
            "decisions.md: judged by the rules, never tracked; a rule may name any type (semantics 10)",
            difference => difference is { IsLooser: true, Reason: Reason.MatchedRule } && difference.Packet.Has(PacketTraits.Icmp),
            Witness.Of(Web(EgressAll), e => [(Direction.Egress, e.Out.Icmp(e.IsIPv4 ? 40 : 200))])),
        new(
            "ICMP error that quotes GRE of version 1 (PPTP)", "goes by addresses", "goes by the call identifiers, too",
            "behaviour U14: GRE is tracked by addresses and protocol",
            difference => difference is { IsLooser: true, Reason: Reason.Related } && Quoted(difference).Protocol == Gre,
            Witness.Of(P0, e => [(Direction.Egress, e.Out.Protocol(Gre, 0, 0, 8, 0, 0, 0, 0, 0)), (Direction.Ingress, e.In.PortUnreachable(e.Out.Protocol(Gre, 0, 1, 8, 0, 0, 0, 0, 0)))])),
    ];

    private static bool IsStricterError(Difference difference) =>
        difference is { IsStricter: true, Reason: Reason.UnrelatedIcmp } && difference.Packet.Has(PacketTraits.IcmpError);

    private static bool IsSteering(Difference difference) => difference.Packet is { Kind: PacketKind.IPv4, IcmpType: SourceQuench or Redirect };

    private static bool HasBadMtu(Difference difference)
    {
        ParsedPacket packet = difference.Packet;
        return packet.Kind == PacketKind.IPv6
            ? packet.IcmpType == 2 && Quoted(difference).Mtu < 1280
            : packet is { IcmpType: 3, IcmpCode: 4 } && Quoted(difference).Mtu is > 0 and < 68;
    }

    private static QuotedPacket Quoted(Difference difference)
    {
        _ = QuotedPacket.Parse(difference.Last.Crossing.Packet, difference.Packet, out QuotedPacket quoted);
        return quoted;
    }

    private static byte[] Cut(byte[] packet, int octets) => packet[..^octets];
}
