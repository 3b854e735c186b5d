using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Properties;

/// <summary>
/// The short way of plain packets decides, remembers, counts and tells what the whole way does. A firewall that verifies checksums has no short
/// way; with right checksums it is the same firewall.
/// </summary>
public sealed class ShortWayProperties
{
    private const int Steps = 120;

    [Fact]
    public void Filter_SegmentsAboutTheWindow_DecidesAndRemembersAsTheWholeWay()
    {
        Dictionary<Reason, int> seen = [];
        for (int seed = 0; seed < 300; seed++)
        {
            Run(seed, seen, (dice, isIPv6) =>
            {
                Segments segments = new(dice, isIPv6);
                return step => step < 3 ? segments.Handshake(step) : segments.Next();
            });
        }

        // Most are of the kinds that take the short way; if none were, nothing would be compared.
        Assert.True(seen[Reason.Established] > 300 * Steps / 4, $"only {seen[Reason.Established]} segments of established connections");
        Assert.All([Reason.MatchedRule, Reason.NoMatchingRule, Reason.NotSyn], reason => Assert.True(seen[reason] > 300, $"only {seen[reason]} segments are {reason}"));
    }

    [Fact]
    public void Filter_DatagramsOfAFewConnections_DecidesAndRemembersAsTheWholeWay()
    {
        Dictionary<Reason, int> seen = [];
        for (int seed = 0; seed < 300; seed++)
        {
            Run(seed, seen, (dice, isIPv6) => _ => Datagram(dice, isIPv6));
        }

        Assert.All([Reason.Established, Reason.MatchedRule, Reason.NoMatchingRule, Reason.Malformed], reason => Assert.True(seen[reason] > 300, $"only {seen[reason]} datagrams are {reason}"));
    }

    private static void Run(int seed, Dictionary<Reason, int> seen, Func<Dice, bool, Func<int, (Direction, byte[])>> tell)
    {
        Dice dice = new(seed);
        bool isIPv6 = dice.Chance(50);
        bool hasMany = dice.Chance(10);
        FirewallOptions options = Options(dice);
        ManualTimeProvider clock = new();
        using Firewall shortWay = new(Policy(isIPv6, hasMany, opens: true), options with { TimeProvider = clock });
        using Firewall wholeWay = new(Policy(isIPv6, hasMany, opens: true), options with { TimeProvider = clock, VerifyChecksums = true });
        Assert.Equal(hasMany, shortWay.Ruleset.FormOf(shortWay.Ruleset.FindNic("nic")!).Form.IsWorthGathering);
        Func<int, (Direction, byte[])> next = tell(dice, isIPv6);
        for (int step = 0; step < Steps; step++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(dice.Weighted((20, 0), (5, 1), (2, 2_500), (2, 40_000), (1, 400_000))));
            int length = step < 3 ? 1 : dice.Weighted((8, 1), (2, 2 + dice.Below(40)));
            (Direction Direction, byte[] Packet)[] packets = [.. Enumerable.Range(0, length).Select(i => next(step + i))];
            Direction direction = packets[0].Direction;
            byte[][] burst = [.. packets.Where(one => one.Direction == direction).Select(one => one.Packet)];
            Decision[] expected = [.. burst.Select(packet => wholeWay["nic"].Filter(direction, packet))];
            Decision[] actual = burst.Length == 1 && dice.Chance(50) ? [shortWay["nic"].Filter(direction, burst[0])] : Filter(shortWay, direction, burst);
            for (int i = 0; i < burst.Length; i++)
            {
                Assert.True(expected[i] == actual[i], $"seed {seed} step {step}.{i}: whole way {expected[i]}, short way {actual[i]}, {direction} {Convert.ToHexString(burst[i])}");
                seen[actual[i].Reason] = seen.GetValueOrDefault(actual[i].Reason) + 1;
            }

            if (options.Events is not null)
            {
                Assert.Equal(Told(wholeWay), Told(shortWay));
            }

            if (dice.Chance(2))
            {
                bool opens = dice.Chance(50);
                shortWay.Update(_ => Policy(isIPv6, hasMany, opens));
                wholeWay.Update(_ => Policy(isIPv6, hasMany, opens));
            }
        }

        Assert.Equal(SavedStreams.Records(wholeWay), SavedStreams.Records(shortWay));
        NicStatistics expectedCounts = wholeWay["nic"].GetStatistics();
        NicStatistics actualCounts = shortWay["nic"].GetStatistics();
        Assert.All(Enum.GetValues<Reason>(), reason => Assert.Equal(
            (expectedCounts[Direction.Ingress, reason], expectedCounts[Direction.Egress, reason]), (actualCounts[Direction.Ingress, reason], actualCounts[Direction.Egress, reason])));
    }

    // What expired is noticed entry by entry, and which entry a connection got depends on the processor its thread ran on: so all of it now, sorted.
    private static List<string> Told(Firewall firewall)
    {
        firewall.ExpireConnections(int.MaxValue);
        List<string> told = [];
        List<string> expired = [];
        while (firewall.Events.TryRead(out FirewallEvent one))
        {
            (one.End == ConnectionEnd.Expired ? expired : told).Add($"{one.Time} {one.EthertypeNumber} {one.VlanIds} {one.Idle} {one.Decision.RuleNumber} {one.Traffic} {one}");
        }

        return [.. told, .. expired.Order(StringComparer.Ordinal), $"{firewall.Events.Suppressed} suppressed"];
    }

    private static Decision[] Filter(Firewall firewall, Direction direction, byte[][] burst)
    {
        Decision[] decisions = new Decision[burst.Length];
        firewall["nic"].Filter(direction, [.. burst.Select(packet => (ReadOnlyMemory<byte>)packet)], decisions);
        return decisions;
    }

    private static FirewallOptions Options(Dice dice) => new()
    {
        LinkType = LinkType.RawIp,
        Events = dice.Chance(50) ? new FirewallEventOptions { DenialsPerSecond = dice.Pick(1, 1_000) } : null,
        ConnectionTracking = new ConnectionTrackingOptions
        {
            MaxConnections = 64,
            CountTraffic = dice.Chance(30),
            RefreshOnEgressOnly = dice.Chance(20),
            WindowCheck = dice.Pick(WindowCheck.Enforce, WindowCheck.Enforce, WindowCheck.Log, WindowCheck.Off),
            PickUp = dice.Pick(PickUp.Strict, PickUp.Loose),
            EstablishedConnections = dice.Pick(EstablishedConnections.Revalidate, EstablishedConnections.KeepUntilIdle),
        },
    };

    private static Policy Policy(bool isIPv6, bool hasMany, bool opens)
    {
        SecurityGroup web = SecurityGroup.CreateEmpty("web")
            .WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, opens ? 443 : 80, Remote.Any))
            .WithRule(SecurityGroupRule.Ingress(IpProtocol.Udp, opens ? 443 : 80, Remote.Any))
            .WithRule(SecurityGroupRule.Egress(IpProtocol.Udp, 53, Remote.Any))
            .WithRules(Enumerable.Range(0, hasMany ? 4_000 : 0).Select(i => Other(isIPv6, i)));
        return SecurityGroups.Policy.Create([web], [new Nic("nic") { Addresses = [NicAddress.Parse(isIPv6 ? Segments.LocalIPv6 : Segments.LocalIPv4)], SecurityGroups = ["web"] }]);
    }

    // So many rules about others that a burst is matched together.
    private static SecurityGroupRule Other(bool isIPv6, int number) => SecurityGroupRule.Ingress(
        IpProtocol.Tcp, 1 + number, Remote.Network(isIPv6 ? $"2001:db8:2:{number:x}::/64" : $"198.{number >> 8}.{number & 255}.0/24"));

    // Either way, of a handful of connections; the ports of DHCP and lengths that are wrong among them.
    private static (Direction Direction, byte[] Packet) Datagram(Dice dice, bool isIPv6)
    {
        Direction direction = dice.Pick(Direction.Ingress, Direction.Egress);
        (int localPort, int remotePort) = dice.Weighted((6, (443, 5_000)), (6, (5_000, 53)), (1, (443, 0)), (1, (68, 67)), (1, (546, 547)), (1, (67, 68)));
        (string local, string remote) = isIPv6 ? (Segments.LocalIPv6, Segments.RemoteIPv6) : (Segments.LocalIPv4, Segments.RemoteIPv4);
        PacketBuilder packet = direction == Direction.Ingress
            ? PacketBuilder.Ip(remote, local).Udp(remotePort, localPort)
            : PacketBuilder.Ip(local, remote).Udp(localPort, remotePort);
        packet = packet.PayloadOfLength(dice.Below(40));
        return (direction, dice.Chance(5) ? packet.UdpLength(dice.Pick(dice.Below(8), 60)) : packet);
    }

    /// <summary>Segments of one connection, some in order, some about the edges of what is allowed.</summary>
    private sealed class Segments(Dice dice, bool isIPv6)
    {
        public const string LocalIPv4 = "10.0.0.5";
        public const string LocalIPv6 = "2001:db8::5";
        public const string RemoteIPv4 = "203.0.113.7";
        public const string RemoteIPv6 = "2001:db8:1::7";

        private static readonly byte[] s_timestamps = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2];
        private static readonly byte[] s_usual = [2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7];
        private readonly uint[] _next = [uint.MaxValue - 2_000, 77_000];
        private readonly byte[] _offers = dice.Chance(50) ? [3, 3, (byte)dice.Below(10), 4, 2] : [];
        private readonly int _window = dice.Pick(500, 8_000, 60_000);

        public (Direction Direction, byte[] Packet) Handshake(int step) => step switch
        {
            0 => Segment(Direction.Ingress, TcpFlags.Syn, _next[0]++, 0, _window, 0, _offers),
            1 => Segment(Direction.Egress, TcpFlags.Syn | TcpFlags.Ack, _next[1]++, _next[0], _window, 0, _offers),
            _ => Segment(Direction.Ingress, TcpFlags.Ack, _next[0], _next[1], _window, 0, []),
        };

        public (Direction Direction, byte[] Packet) Next()
        {
            Direction direction = dice.Pick(Direction.Ingress, Direction.Egress);
            if (dice.Chance(15))
            {
                return Stray(direction);
            }

            (int own, int other) = direction == Direction.Ingress ? (0, 1) : (1, 0);
            int payload = dice.Weighted((3, 0), (3, 100), (1, dice.Below(1_400)));
            int off = dice.Weighted((12, 0), (1, -1), (1, 1), (1, -payload), (1, _window), (1, -_window), (1, dice.Below(200_000) - 100_000));
            int late = dice.Weighted((12, 0), (1, -1), (1, 1), (1, -66_000), (1, -66_001), (1, dice.Below(200_000) - 100_000));
            TcpFlags flags = dice.Weighted(
                (60, TcpFlags.Ack), (10, TcpFlags.Ack | TcpFlags.Psh), (1, TcpFlags.Ack | TcpFlags.Fin), (1, TcpFlags.Ack | TcpFlags.Rst), (1, TcpFlags.Syn), (1, TcpFlags.Ack | TcpFlags.Syn));
            uint sequence = _next[own] + (uint)off;
            if (off == 0 && (flags & TcpFlags.Ack) != 0)
            {
                _next[own] += (uint)payload;
            }

            byte[] options = dice.Weighted((3, Array.Empty<byte>()), (2, s_timestamps), (1, Sack(_next[other])));
            return Segment(direction, flags, sequence, _next[other] + (uint)late, dice.Weighted((9, _window), (1, 0), (1, 1)), payload, options);
        }

        /// <summary>Of no connection, at least at first: may begin one.</summary>
        private (Direction Direction, byte[] Packet) Stray(Direction direction)
        {
            TcpFlags flags = dice.Weighted((4, TcpFlags.Syn), (1, TcpFlags.Syn | TcpFlags.Psh | TcpFlags.Ece), (2, TcpFlags.Ack), (1, TcpFlags.Ack | TcpFlags.Psh));
            byte[] options = dice.Weighted(
                (2, Array.Empty<byte>()), (2, s_timestamps), (2, s_usual), (1, [3, 3, (byte)dice.Below(256), 4, 2]), (1, [.. Enumerable.Range(0, 8).Select(_ => (byte)dice.Below(6))]));
            return Segment(
                direction, flags, (uint)dice.Below(1_000), (uint)dice.Below(1_000), _window, dice.Weighted((4, 0), (1, 10)), options,
                remotePort: 50_000 + dice.Below(4), localPort: dice.Pick(443, 443, 22));
        }

        private static byte[] Sack(uint edge) =>
            [1, 1, 5, 10, 0, 0, 0, 1, (byte)(edge >> 24), (byte)(edge >> 16), (byte)(edge >> 8), (byte)edge];

        private (Direction Direction, byte[] Packet) Segment(
            Direction direction, TcpFlags flags, uint sequence, uint acknowledgment, int window, int payload, byte[] options, int remotePort = 40_000, int localPort = 443)
        {
            (string local, string remote) = isIPv6 ? (LocalIPv6, RemoteIPv6) : (LocalIPv4, RemoteIPv4);
            byte[] packet = direction == Direction.Ingress
                ? PacketBuilder.Ip(remote, local).Tcp(remotePort, localPort, flags, sequence, acknowledgment, window, options).PayloadOfLength(payload)
                : PacketBuilder.Ip(local, remote).Tcp(localPort, remotePort, flags, sequence, acknowledgment, window, options).PayloadOfLength(payload);
            return (direction, packet);
        }
    }
}
