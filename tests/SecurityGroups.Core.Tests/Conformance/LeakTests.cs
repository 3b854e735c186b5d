using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>
/// What the firewall tells of packets tells nothing of their payload: of two packets that differ in nothing else, decision, events, explanation,
/// connection list and statistics are the same.
/// </summary>
public sealed class LeakTests
{
    private static readonly FirewallOptions s_options = With(tracking => tracking with { CountTraffic = true }) with
    {
        LinkType = LinkType.Ethernet,
        Events = new FirewallEventOptions(),
        Fragments = new FragmentOptions { HoldEarlyFragments = true },
    };

    [Theory, Families]
    public void Payload_IsToldByNothing(Ethertype family)
    {
        string[] zeros = Told(family, 0x00);
        Assert.Equal(zeros, Told(family, 0x00));
        Assert.Equal(zeros, Told(family, 0x5A));
        Assert.Contains(zeros, text => text.Contains(nameof(FirewallEventKind.PacketDenied), StringComparison.Ordinal));
        Assert.Contains(zeros, text => text.Contains(nameof(FirewallEventKind.ConnectionEnded), StringComparison.Ordinal));
    }

    private static string[] Told(Ethertype family, byte filling)
    {
        using Firewall firewall = new(Web(EgressAll, Ingress(IpProtocol.Udp, 53, Remote.Any)), s_options with { TimeProvider = new ManualTimeProvider() });
        NicFilter nic = firewall[W];
        List<string> told = [];
        foreach ((Direction direction, PacketBuilder packet) in Packets(Ends.For(family), [.. Enumerable.Repeat(filling, 64)]))
        {
            byte[] frame = packet.Ethernet();
            Explanation explanation = nic.Explain(direction, frame);
            told.Add($"{explanation} {explanation.Packet} {explanation.Connection} {nic.Filter(direction, frame)}");
        }

        told.AddRange(firewall.GetConnections().Select(connection => $"{connection}").Order(StringComparer.Ordinal));
        firewall.RemoveConnections(ConnectionFilter.All);
        while (firewall.Events.TryRead(out FirewallEvent one))
        {
            told.Add($"{one} {one.State} {one.Idle} {one.Traffic} {one.VlanIds} {one.IcmpIdentifier} {one.IcmpType} {one.IcmpCode} {one.EthertypeNumber}");
        }

        return [.. told];
    }

    // Allowed, denied, in pieces, held, broken, and of no protocol that is read.
    private static IEnumerable<(Direction Direction, PacketBuilder Packet)> Packets(Ends e, byte[] payload)
    {
        PacketBuilder sent = e.Out.Udp(40_000, 53).Payload(payload);
        yield return (Direction.Egress, sent);
        yield return (Direction.Ingress, e.In.PortUnreachable(sent));
        yield return (Direction.Ingress, e.In.PortUnreachable(e.Out.Udp(1, 2).Payload(payload)));
        yield return (Direction.Ingress, e.In.Udp(5000, 54).Payload(payload));
        yield return (Direction.Ingress, e.In.Tcp(5000, 22, TcpFlags.Syn, 1000).Payload(payload));
        yield return (Direction.Ingress, e.In.Tcp(5000, 22, TcpFlags.Syn | TcpFlags.Fin, 1000).Payload(payload));
        yield return (Direction.Egress, e.Out.Tcp(5000, 443, TcpFlags.Syn, 1000).Payload(payload));
        yield return (Direction.Ingress, e.In.EchoRequest(7).Payload(payload));
        yield return (Direction.Egress, e.Out.EchoRequest(7).Payload(payload));
        yield return (Direction.Ingress, e.In.Protocol(253, payload));
        yield return (Direction.Egress, e.Out.Protocol(47, payload));
        yield return (Direction.Ingress, e.In.Udp(5000, 53).UdpLength(4096).Payload(payload).Fragment(0, true));
        yield return (Direction.Ingress, e.In.Protocol(17, payload).Fragment(72, true));
        yield return (Direction.Ingress, e.In.Protocol(17, payload).Fragment(8, true, 2));
        yield return (Direction.Ingress, e.In.Udp(5000, 53).UdpLength(7).Payload(payload));
        yield return (Direction.Ingress, PacketBuilder.Ip(e.X, e.M).Udp(5000, 53).Payload(payload));
        yield return (Direction.Ingress, e.In.Udp(5000, 53).Payload(payload).Vlan(9));
        yield return (Direction.Ingress, PacketBuilder.Frame(0x88CC, payload));
    }
}
