using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Nothing on the data path allocates: one test per packet kind, one by one and in bursts of both kinds.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 750;

    private const int Windows = 10;

    private static readonly Policy s_policy = Web(Ingress(IpProtocol.Udp, Remote.Network("203.0.113.0/24")), Ingress(IpProtocol.Udp, Remote.Network("2001:db8:113::/48")), EgressAll);

    /// <summary>
    /// Kind of packet: what is sent in each round, which way, and with what reason at the end; and how many events fit, 0 = none are told: with 2
    /// nearly all are dropped.
    /// </summary>
    public static TheoryData<string, Ethertype, int> Kinds
    {
        get
        {
            TheoryData<string, Ethertype, int> rows = [];
            foreach (string kind in new[] { "tcp", "udp", "echo", "gre", "new", "no rule", "malformed", "infrastructure", "related", "not syn", "spoofed", "revoked", "first fragment", "later fragment", "held", "no first" })
            {
                foreach (int capacity in new[] { 0, 2, 4096 })
                {
                    rows.Add(kind, Ethertype.IPv4, capacity);
                    rows.Add(kind, Ethertype.IPv6, capacity);
                }
            }

            return rows;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Filter_AllocatesNothing(string kind, Ethertype family, int events)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(s_policy, OptionsFor(kind, events) with { Infrastructure = InfrastructureTraffic.Default });
        NicFilter nic = firewall[W];
        (Direction direction, Reason expected) = Open(firewall, kind, e);
        byte[][] packets = [.. Enumerable.Range(0, Rounds + 1).Select(i => (byte[])Packet(kind, e, i))];
        Decision last = nic.Filter(direction, packets[Rounds]);
        AllocatesNothing(kind, window =>
        {
            for (int i = 0; i < Rounds / Windows; i++)
            {
                last = nic.Filter(direction, packets[(window * Rounds / Windows) + i]);
            }
        });
        Assert.Equal(expected, last.Reason);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Burst_AllocatesNothing(string kind, Ethertype family, int events)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(s_policy, OptionsFor(kind, events));
        NicFilter nic = firewall[W];
        (Direction direction, Reason expected) = Open(firewall, kind, e);
        ReadOnlyMemory<byte>[] packets = [.. Enumerable.Range(0, 64).Select(i => (ReadOnlyMemory<byte>)Packet(kind, e, i))];
        byte[] buffer = [.. packets.SelectMany(packet => packet.ToArray())];
        PacketSlice[] slices = [.. packets.Select((packet, i) => new PacketSlice(packets.Take(i).Sum(other => other.Length), packet.Length))];
        Decision[] decisions = new Decision[64];
        nic.Filter(direction, packets, decisions);
        Assert.All(decisions, decision => Assert.Equal(expected, decision.Reason));
        nic.Filter(direction, buffer, slices, decisions);

        AllocatesNothing(kind, _ =>
        {
            nic.Filter(direction, packets, decisions);
            nic.Filter(direction, buffer, slices, decisions);
        });
    }

    // What allocates does so in every window; a collection that another thread's test starts shows in one.
    private static void AllocatesNothing(string kind, Action<int> window)
    {
        long[] allocated = new long[Windows];
        for (int i = 0; i < Windows; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            window(i);
            allocated[i] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.True(allocated.Count(octets => octets == 0) > Windows / 2, $"{kind}: {string.Join(", ", allocated)} octets");
    }

    private static FirewallOptions OptionsFor(string kind, int events) => With(tracking => tracking with { CountTraffic = events != 0 }) with
    {
        Fragments = new FragmentOptions { HoldEarlyFragments = kind == "held" },
        Events = events == 0 ? null : new FirewallEventOptions { Capacity = events, DenialsPerSecond = 1_000_000 },
    };

    /// <summary>What must have happened before packets of a kind get their reason.</summary>
    private static (Direction Direction, Reason Expected) Open(Firewall firewall, string kind, Ends e)
    {
        NicFilter nic = firewall[W];
        switch (kind)
        {
            case "tcp":
                Assert.True(nic.Filter(Direction.Egress, e.Out.Tcp(40000, 443, TcpFlags.Syn, 1000)).IsAllowed);
                Assert.True(nic.Filter(Direction.Ingress, e.In.Tcp(443, 40000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001)).IsAllowed);
                Assert.True(nic.Filter(Direction.Egress, e.Out.Tcp(40000, 443, TcpFlags.Ack, 1001, 5001)).IsAllowed);
                return (Direction.Ingress, Reason.Established);
            case "udp" or "related":
                Assert.True(nic.Filter(Direction.Egress, e.Out.Udp(40000, 53).PayloadOfLength(8)).IsAllowed);
                return (Direction.Ingress, kind == "udp" ? Reason.Established : Reason.Related);
            case "echo":
                Assert.True(nic.Filter(Direction.Egress, e.Out.EchoRequest()).IsAllowed);
                return (Direction.Ingress, Reason.Established);
            case "gre":
                Assert.True(nic.Filter(Direction.Egress, e.Out.Protocol(47, 1, 2, 3, 4)).IsAllowed);
                return (Direction.Ingress, Reason.Established);
            case "revoked":
                Assert.True(nic.Filter(Direction.Ingress, e.In.Udp(5000, 53)).IsAllowed);
                firewall.Update(policy => policy.SetRules("web", EgressAll));
                return (Direction.Ingress, Reason.PolicyRevoked);
            case "later fragment":
                Assert.True(nic.Filter(Direction.Ingress, e.In.FirstUdp(5000, 53)).IsAllowed);
                return (Direction.Ingress, Reason.MatchedRule);
            default:
                return (kind is "spoofed" or "infrastructure" ? Direction.Egress : Direction.Ingress, kind switch
                {
                    "new" or "first fragment" => Reason.MatchedRule,
                    "held" or "no first" => Reason.LaterFragmentWithoutFirst,
                    "no rule" => Reason.NoMatchingRule,
                    "malformed" => Reason.Malformed,
                    "infrastructure" => Reason.Infrastructure,
                    "not syn" => Reason.NotSyn,
                    _ => Reason.SpoofedSource,
                });
        }
    }

    private static PacketBuilder Packet(string kind, Ends e, int i) => kind switch
    {
        "tcp" => e.In.Tcp(443, 40000, TcpFlags.Ack, 5001, 1001),
        "udp" => e.In.Udp(53, 40000),
        "echo" => e.In.EchoReply(),
        "gre" => e.In.Protocol(47, 1, 2, 3, 4),
        "new" => PacketBuilder.Ip(e.X, e.IsIPv4 ? "239.1.1.1" : "ff05::1").Udp(1024 + i, 53),
        "no rule" => e.In.Tcp(1024 + i, 22),
        "malformed" => e.In.Udp(1, 2).UdpLength(7),
        "infrastructure" => e.IsIPv4 ? PacketBuilder.DhcpRequest() : PacketBuilder.NeighborSolicitation(e.W, "2001:db8::1"),
        "related" => e.In.PortUnreachable(e.Out.Udp(40000, 53).PayloadOfLength(8)),
        "not syn" => e.In.Tcp(1024 + i, 22, TcpFlags.Ack),
        "revoked" => e.In.Udp(5000, 53),
        "first fragment" => PacketBuilder.Ip(e.X, e.IsIPv4 ? "239.1.1.1" : "ff05::1").FirstUdp(1024, 53, (uint)i),
        "later fragment" => e.In.Next(32 * (i + 1)),
        "held" or "no first" => e.In.Last(32, identification: (uint)i),
        _ => PacketBuilder.Ip(e.M, e.X).Udp(1, 2),
    };
}
