using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>The whole packet, 64-octet frames in, decisions out: of established TCP connections and UDP streams in random order, of new ones, denied.</summary>
internal static class PacketRace
{
    private static readonly TimeSpan s_roundTime = TimeSpan.FromHours(1);

    public static void RunEstablished(int connections)
    {
        (double bursts, double single) = Established(connections);
        RaceCommand.Print($"packet {connections}", "bursts", bursts);
        RaceCommand.Print($"packet {connections}", "single", single);
    }

    /// <summary>Million packets a second of so many connections, in bursts of 32 and one by one.</summary>
    public static (double Bursts, double Single) Established(int connections)
    {
        using TcpConversations ring = new(connections, Math.Max(65_536, connections));
        return (Pace.Measure(() => AllAllowed(ring.FilterInBursts(TimeSpan.Zero)), ring.FillRing),
            Pace.Measure(() => AllAllowed(ring.FilterSingly(TimeSpan.Zero)), ring.FillRing));
    }

    public static void RunDatagrams(int connections)
    {
        using UdpStreams streams = new(connections);
        RaceCommand.Print($"datagrams {connections}", "bursts", Pace.Measure(() => AllAllowed(streams.FilterInBursts()), streams.FillRing));
        RaceCommand.Print($"datagrams {connections}", "single", Pace.Measure(() => AllAllowed(streams.FilterSingly()), streams.FillRing));
    }

    /// <summary>Each round's connections have expired before the next, and their entries are taken again.</summary>
    public static void RunNew(int maxConnections)
    {
        using TcpConversations ring = new(1, maxConnections);
        int round = 0;
        double opened = Pace.Measure(() => AllAllowed(ring.FilterInBursts(s_roundTime * round)), () => ring.FillRingWithSyns(++round));
        RaceCommand.Print($"new connections {maxConnections}", "bursts", opened);
        ring.FillRingWithDenied();
        double denied = Pace.Measure(() => Checked(ring.FilterInBursts(s_roundTime * round), expected: 0));
        RaceCommand.Print($"denied {maxConnections}", "bursts", denied);
    }

    private static int AllAllowed(int allowed) => Checked(allowed, FrameLane.RingLength);

    private static int Checked(int allowed, int expected) => allowed == expected
        ? FrameLane.RingLength
        : throw new InvalidOperationException($"{allowed} of {FrameLane.RingLength} packets were allowed, not {expected}.");
}
