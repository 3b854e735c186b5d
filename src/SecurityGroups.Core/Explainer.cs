using System.Collections.Immutable;
using System.Net;
using SecurityGroups.Match;
using SecurityGroups.Packets;

namespace SecurityGroups;

/// <summary>
/// The words around a decision. The decision itself comes from <see cref="PacketJudge"/>; this walks the rules of the policy one by one,
/// slowly and in plain sight, to name those that match or nearly do.
/// </summary>
internal static class Explainer
{
    private static Stage StageOf(Reason reason) => reason switch
    {
        Reason.NotEvaluated or Reason.NicSecurityOff or Reason.NicRemoved or Reason.FirewallDisposed => Stage.Nic,
        Reason.SpoofedSource or Reason.NotForThisNic or Reason.InfrastructureBan => Stage.Place,
        Reason.Infrastructure => Stage.Infrastructure,
        Reason.Established or Reason.Related or Reason.PassIgnored or Reason.OutOfWindow or Reason.InvalidAcknowledgment or Reason.InvalidReset
            or Reason.UnrelatedIcmp or Reason.IcmpRateLimit or Reason.PolicyRevoked => Stage.Connection,
        Reason.InvalidState or Reason.NotSyn => Stage.Opening,
        Reason.MatchedRule or Reason.NoMatchingRule => Stage.Rules,
        Reason.ConnectionTableFull or Reason.HalfOpenLimit or Reason.NicQuota => Stage.Room,
        _ => Stage.Form,
    };

    /// <summary>A decision for which no octet of the packet was read.</summary>
    public static Explanation WithoutReading(string nicId, Direction direction, Decision decision) => new()
    {
        NicId = nicId,
        Direction = direction,
        Packet = "packet not read",
        Decision = decision,
        Stage = StageOf(decision.Reason),
    };

    /// <summary>A decision with the rules that match and nearly match the packet.</summary>
    public static Explanation Explain(Ruleset ruleset, NicBinding nic, Direction direction, in ParsedPacket packet, Decision decision)
    {
        ImmutableArray<RuleReference>.Builder matched = ImmutableArray.CreateBuilder<RuleReference>();
        ImmutableArray<NearMiss>.Builder near = ImmutableArray.CreateBuilder<NearMiss>();
        if (packet.Has(PacketTraits.LaterFragment) && ruleset.Rules.TryGetRule(decision.RuleNumber, out RuleReference? ofFirst))
        {
            matched.Add(ofFirst);
        }

        if (packet.Kind is PacketKind.IPv4 or PacketKind.IPv6 && !packet.Has(PacketTraits.LaterFragment))
        {
            foreach (string groupId in ruleset.Policy.Nics[nic.Id].SecurityGroups.Order(StringComparer.Ordinal))
            {
                SecurityGroup group = ruleset.Policy.SecurityGroups[groupId];
                foreach (SecurityGroupRule rule in group.Rules.Where(rule => rule.Direction == direction))
                {
                    Sort(ruleset, nic, new RuleReference(group, rule), packet, matched, near);
                }
            }
        }

        return WithoutReading(nic.Id, direction, decision) with
        {
            Packet = Describe(packet),
            MatchedRules = matched.ToImmutable(),
            NearMisses = near.ToImmutable(),
        };
    }

    private static string Describe(in ParsedPacket packet) => !packet.Has(PacketTraits.Fragment) ? DescribeWhole(packet)
        : packet.Has(PacketTraits.LaterFragment)
        ? $"{DescribeWhole(packet)}, later fragment of {packet.FragmentIdentification} at octet {packet.FragmentOffset}"
        : $"{DescribeWhole(packet)}, first fragment of {packet.FragmentIdentification}";

    private static string DescribeWhole(in ParsedPacket packet) => packet.Kind switch
    {
        PacketKind.None => "unreadable packet",
        PacketKind.Arp => $"arp {Address(packet.Source, packet)} -> {Address(packet.Destination, packet)}",
        PacketKind.Other => $"ethertype 0x{packet.EtherType:x4}",
        _ when packet.Has(PacketTraits.Ports) => $"{Protocol(packet)} {EndPoint(packet.Source, packet.SourcePort, packet)} -> {EndPoint(packet.Destination, packet.DestinationPort, packet)}",
        _ when packet.Has(PacketTraits.Icmp) => $"{Protocol(packet)} type {packet.IcmpType} code {packet.IcmpCode} {Address(packet.Source, packet)} -> {Address(packet.Destination, packet)}",
        _ => $"{Protocol(packet)} {Address(packet.Source, packet)} -> {Address(packet.Destination, packet)}",
    };

    private static void Sort(
        Ruleset ruleset,
        NicBinding nic,
        RuleReference reference,
        in ParsedPacket packet,
        ImmutableArray<RuleReference>.Builder matched,
        ImmutableArray<NearMiss>.Builder near)
    {
        SecurityGroupRule rule = reference.Rule;
        List<MatchAspect> misses = [];
        bool sameEthertype = rule.Ethertype == packet.Ethertype;
        bool sameProtocol = rule.Protocol.IsAny || rule.Protocol.Number == packet.Protocol;
        Note(sameEthertype, MatchAspect.Ethertype);
        Note(sameProtocol, MatchAspect.Protocol);
        Note(!sameProtocol || !packet.Has(PacketTraits.Ports) || rule.Ports.IsAll || Within(rule.Ports, packet.DestinationPort), MatchAspect.Port);
        Note(!sameProtocol || rule.Icmp is not { } icmp || MatchesIcmp(icmp, packet), MatchAspect.Icmp);
        Note(MatchesRemote(ruleset, nic, rule, packet), MatchAspect.Remote);
        if (misses.Count == 0)
        {
            matched.Add(reference);
        }
        else if (misses.Count == 1)
        {
            near.Add(new NearMiss(reference, misses[0]));
        }

        void Note(bool matches, MatchAspect aspect)
        {
            if (!matches)
            {
                misses.Add(aspect);
            }
        }
    }

    private static bool Within(PortRange ports, ushort port) => port >= ports.Min && port <= ports.Max;

    private static bool MatchesIcmp(IcmpMatch icmp, in ParsedPacket packet) =>
        icmp.Type == packet.IcmpType && (icmp.Code is not { } code || code == packet.IcmpCode);

    private static bool MatchesRemote(Ruleset ruleset, NicBinding nic, SecurityGroupRule rule, in ParsedPacket packet)
    {
        UInt128 remote = rule.Direction == Direction.Ingress ? packet.Source : packet.Destination;
        Ethertype ethertype = packet.Ethertype;
        return rule.Remote.Kind switch
        {
            RemoteKind.Network => Covers(rule.Remote.Prefix!, ethertype, remote),
            RemoteKind.AddressGroup => ruleset.Policy.AddressGroups[rule.Remote.Id!].Addresses.Any(prefix => Covers(prefix, ethertype, remote)),
            RemoteKind.SecurityGroup => IsMember(ruleset.Policy, rule.Remote.Id!, ruleset.Policy.Nics[nic.Id].NetworkId, ethertype, remote),
            _ => true,
        };
    }

    private static bool IsMember(Policy policy, string groupId, string networkId, Ethertype ethertype, UInt128 address) =>
        MembershipIndex.CanBeMember(ethertype, address, AddressBits.Width(ethertype))
        && policy.Nics.Values.Any(nic =>
            nic.NetworkId == networkId
            && nic.SecurityGroups.Contains(groupId)
            && MemberAddresses.Of(nic).Any(prefix => Covers(prefix, ethertype, address)));

    private static bool Covers(Cidr prefix, Ethertype ethertype, UInt128 address) =>
        prefix.Ethertype == ethertype && (address & AddressBits.Mask(ethertype, prefix.PrefixLength)) == prefix.Bits;

    private static string Protocol(in ParsedPacket packet) => IpProtocol.FromNumber(packet.Protocol).ToString();

    private static IPAddress Address(UInt128 bits, in ParsedPacket packet) => AddressBits.ToIPAddress(bits, packet.Ethertype);

    private static IPEndPoint EndPoint(UInt128 bits, ushort port, in ParsedPacket packet) => new(Address(bits, packet), port);
}
