using System.Diagnostics;
using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>
/// What a second processor adds: two threads with connections of their own, and two that filter the two directions of the same connections,
/// against one thread in the same minute. Million established TCP packets a second, in bursts of 32. Wants two processors.
/// </summary>
internal static class CoresRace
{
    private const int Rounds = 9;
    private const int WarmUpRounds = 3;
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);

    public static void Run(int connections)
    {
        using TcpConversations conversations = new(connections, Math.Max(65_536, connections));
        int half = connections / 2;
        FrameLane all = conversations.OpenLane(Direction.Ingress, 0, connections);
        FrameLane answers = conversations.OpenLane(Direction.Egress, 0, connections);
        FrameLane first = conversations.OpenLane(Direction.Ingress, 0, half);
        FrameLane second = conversations.OpenLane(Direction.Ingress, half, half);
        Func<double>[] sides = [() => Filter(all), () => Filter(first, second), () => Filter(all, answers)];
        TakeTurns(WarmUpRounds, sides);
        List<double[]> rounds = TakeTurns(Rounds, sides);
        string what = $"cores {connections}";
        RaceCommand.Print(what, "one thread", Median(rounds, round => round[0]));
        RaceCommand.Print(what, "two threads, own connections", Median(rounds, round => round[1]));
        RaceCommand.Print(what, "times one", Median(rounds, round => round[1] / round[0]));
        RaceCommand.Print(what, "two threads, both directions", Median(rounds, round => round[2]));
        RaceCommand.Print(what, "times one, both directions", Median(rounds, round => round[2] / round[0]));
    }

    private static List<double[]> TakeTurns(int rounds, Func<double>[] sides) =>
        [.. Enumerable.Range(0, rounds).Select(_ => Array.ConvertAll(sides, side => side()))];

    private static double Median(List<double[]> rounds, Func<double[], double> figure) => rounds.Select(figure).Order().ElementAt(rounds.Count / 2);

    /// <summary>Million packets a second of so many threads together. The rings come again and again: repeated data, which are in the window.</summary>
    private static double Filter(params FrameLane[] lanes)
    {
        using Barrier start = new(lanes.Length);
        double[] rates = new double[lanes.Length];
        Thread[] threads = [.. lanes.Select((lane, i) => new Thread(() => rates[i] = Filter(lane, start)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return rates.Sum();
    }

    private static double Filter(FrameLane lane, Barrier start)
    {
        start.SignalAndWait();
        long packets = 0;
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < s_turn)
        {
            int allowed = lane.FilterInBursts(TimeSpan.Zero);
            packets += allowed == FrameLane.RingLength ? allowed : throw new InvalidOperationException($"Only {allowed} packets were allowed.");
        }

        return packets / Stopwatch.GetElapsedTime(began).TotalMicroseconds;
    }
}
