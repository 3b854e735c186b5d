using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Properties;

/// <summary>The parser and the reference reader see the same in every packet, sound or damaged.</summary>
public class ParserProperties
{
    [Fact]
    public void Parse_RandomPackets_ReadsAsTheReference() => PropertyRuns.Check(400, Try);

    internal static void Try(Scenario scenario)
    {
        FirewallOptions options = scenario.Options(TimeProvider.System);
        Policy policy = scenario.Policy();
        Stage stage = new(scenario, options);
        foreach (Step step in scenario.Steps)
        {
            if (stage.Packet(step, policy) is { } packet)
            {
                Compare(packet.Octets, policy.Nics.GetValueOrDefault(packet.NicId)?.Options?.LinkType ?? options.LinkType, options);
                Compare(Damage(packet.Octets, new Dice(step is Step.Say say ? say.Salt : 7)), options.LinkType, options);
            }
        }
    }

    private static byte[] Damage(byte[] octets, Dice dice)
    {
        byte[] damaged = [.. octets];
        for (int i = dice.Below(4); i > 0 && damaged.Length > 0; i--)
        {
            damaged[dice.Below(Math.Min(damaged.Length, 80))] = dice.Pick<byte>(0, 1, 6, 17, 43, 44, 51, 60, 255, (byte)dice.Below(256));
        }

        return dice.Chance(30) ? damaged[..dice.Below(damaged.Length + 1)] : damaged;
    }

    private static void Compare(byte[] octets, LinkType linkType, FirewallOptions options)
    {
        ReferencePacket expected = ReferencePacket.Read(octets, linkType, options);
        ParserOptions parserOptions = new(options.VerifyChecksums, options.AllowPortZero, options.AllowSourceRoute);
        Reason fault = PacketParser.Parse(octets, linkType, parserOptions, out ParsedPacket actual);
        ComparePlain(octets, linkType, parserOptions);
        string context = $"{linkType} {parserOptions} {Convert.ToHexString(octets)}";
        Assert.True(expected.Fault == fault, $"reference {expected.Fault}, parser {fault}: {context}");
        if (fault == Reason.NotEvaluated)
        {
            Assert.True(Describe(expected) == Describe(actual), $"reference {Describe(expected)}{Environment.NewLine}parser {Describe(actual)}: {context}");
        }
    }

    // The short way reads nothing otherwise than the whole way; checksums, which it does not look at, are the caller's to rule out.
    private static void ComparePlain(byte[] octets, LinkType linkType, in ParserOptions options)
    {
        PlainPacket plain = default;
        if (!PlainPacket.TryRead(octets, linkType, ref plain))
        {
            return;
        }

        Reason fault = PacketParser.Parse(octets, linkType, options with { VerifyChecksums = false }, out ParsedPacket packet);
        Assert.True(fault == Reason.NotEvaluated, $"parser {fault}: {linkType} {Convert.ToHexString(octets)}");
        string expected = $"{packet.Ethertype} {packet.Source} {packet.Destination} {packet.Protocol} {packet.SourceMac:x} {packet.Traits} {packet.SourcePort} {packet.DestinationPort} {packet.IpOctets}";
        string actual = $"{plain.Ethertype} {plain.Source} {plain.Destination} {plain.Protocol} {plain.SourceMac:x} {PacketTraits.Ports | plain.Offers.Traits} {plain.SourcePort} {plain.DestinationPort} {plain.IpOctets}";
        Assert.True(expected == actual, $"parser {expected}{Environment.NewLine}plain {actual}: {linkType} {Convert.ToHexString(octets)}");
        Assert.Equal(0u, packet.VlanIds);
        if (plain.Protocol == ProtocolNumbers.Tcp)
        {
            CompareTcp(plain, packet);
        }

        ParsedPacket told = plain.ToPacket();
        Assert.Equal(
            (packet.Kind, packet.EtherType, packet.Source, packet.Destination, packet.Protocol, packet.SourcePort, packet.DestinationPort, packet.VlanIds),
            (told.Kind, told.EtherType, told.Source, told.Destination, told.Protocol, told.SourcePort, told.DestinationPort, told.VlanIds));
        Assert.True(told.Has(PacketTraits.Ports));
    }

    private static void CompareTcp(in PlainPacket plain, in ParsedPacket packet)
    {
        const TcpFlags Mattering = TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Fin | TcpFlags.Rst | TcpFlags.Urg;
        Assert.Equal(
            (packet.TcpFlags & Mattering, packet.TcpSequence, packet.TcpAcknowledgment, packet.TcpPayloadOctets, packet.TcpWindow, packet.TcpWindowScale, packet.TcpSackHighest),
            (plain.IsSyn ? TcpFlags.Syn : TcpFlags.Ack, plain.Sequence, plain.Acknowledgment, plain.PayloadOctets, plain.Window, plain.Offers.WindowScale, 0u));
    }

    private static string Describe(ReferencePacket packet)
    {
        ReferenceSegment? tcp = packet.Tcp;
        return packet.IsArp
            ? $"arp {packet.Arp!.Operation} {packet.Arp.SenderMac:x} {packet.Arp.Sender.Bits} {packet.Arp.Target.Bits}"
            : !packet.IsIp ? $"{packet.EtherType:x}"
            : $"{packet.Family} {packet.Source.Bits} {packet.Destination.Bits} {packet.Protocol} {packet.HopLimit} ports {packet.HasPorts && !packet.IsLaterFragment} "
                + $"{packet.SourcePort} {packet.RulePort} extensions {packet.HasExtensionHeaders} alert {packet.HasRouterAlert} "
                + $"fragment {packet.IsFragment} target {packet.NeighborTarget?.Bits ?? 0} "
                + $"tcp {tcp?.Sequence ?? 0} {tcp?.Acknowledgment ?? 0} {tcp?.PayloadOctets ?? 0} {tcp?.Window ?? 0} {(tcp is { Syn: true } ? tcp.WindowScale : null)} {tcp is { Syn: true, SackPermitted: true }} {tcp is { Ack: true, SackEdges.Count: > 0 }}";
    }

    private static string Describe(in ParsedPacket packet)
    {
        bool isIcmp = packet.Has(PacketTraits.Icmp);
        return packet.Kind switch
        {
            PacketKind.Arp => $"arp {packet.ArpOperation} {packet.ArpSenderMac:x} {packet.Source} {packet.Destination}",
            PacketKind.Other => $"{packet.EtherType:x}",
            _ => $"{packet.Ethertype} {packet.Source} {packet.Destination} {packet.Protocol} {packet.HopLimit} ports {packet.Has(PacketTraits.Ports)} "
                + $"{(isIcmp ? 0 : packet.SourcePort)} {packet.DestinationPort} extensions {packet.Has(PacketTraits.ExtensionHeaders)} alert {packet.Has(PacketTraits.RouterAlert)} "
                + $"fragment {packet.Has(PacketTraits.Fragment)} target {packet.NeighborTarget} "
                + $"tcp {packet.TcpSequence} {packet.TcpAcknowledgment} {packet.TcpPayloadOctets} {packet.TcpWindow} "
                + $"{(packet.Has(PacketTraits.WindowScale) ? packet.TcpWindowScale.ToString(System.Globalization.CultureInfo.InvariantCulture) : "")} {packet.Has(PacketTraits.SackPermitted)} {packet.Has(PacketTraits.Sack)}",
        };
    }
}
