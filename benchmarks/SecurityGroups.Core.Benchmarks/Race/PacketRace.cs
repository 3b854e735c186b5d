using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>The whole packet, 64-octet TCP frames in, decisions out: of established connections in random order, of new ones, denied.</summary>
internal static class PacketRace
{
    private static readonly TimeSpan s_roundTime = TimeSpan.FromHours(1);

    public static void RunEstablished(int connections)
    {
        using TcpConversations ring = new(connections, Math.Max(65_536, connections));
        string what = $"packet {connections}";
        RaceCommand.Print(what, "bursts", Pace.Measure(() => AllAllowed(ring.FilterInBursts(TimeSpan.Zero)), ring.FillRing));
        RaceCommand.Print(what, "single", Pace.Measure(() => AllAllowed(ring.FilterSingly(TimeSpan.Zero)), ring.FillRing));
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

    private static int AllAllowed(int allowed) => Checked(allowed, TcpConversations.RingLength);

    private static int Checked(int allowed, int expected) => allowed == expected
        ? TcpConversations.RingLength
        : throw new InvalidOperationException($"{allowed} of {TcpConversations.RingLength} packets were allowed, not {expected}.");
}
