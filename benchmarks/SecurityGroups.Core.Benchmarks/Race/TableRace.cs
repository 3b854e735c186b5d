using SecurityGroups.Benchmarks.Data;
using SecurityGroups.Tracking;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>Connection lookup with its state update: random hits and misses, UDP, against what a .NET user has today.</summary>
internal static class TableRace
{
    private const int Burst = 32;

    public static void Run(string family, int entries)
    {
        UdpConnections connections = new(family == "v6" ? Ethertype.IPv6 : Ethertype.IPv4, entries);

        // As many as rte_hash is asked for in its run.
        Random random = new(42);
        int queries = entries < 1_000_000 ? 1_000_000 : 4_000_000;
        UdpEnds[] hits = [.. Enumerable.Range(0, queries).Select(_ => connections.Ends(random.Next(entries)))];
        UdpEnds[] misses = [.. Enumerable.Range(0, queries).Select(_ => connections.Ends(entries + random.Next(entries)))];
        int inBursts = queries / Burst * Burst;
        string what = $"table {family} {entries}";
        RaceCommand.Print(what, "hit single", Pace.Measure(() => Check(connections.FindSingly(hits), queries, queries)));
        RaceCommand.Print(what, "hit bursts", Pace.Measure(() => Check(connections.FindInBursts(hits), inBursts, inBursts)));
        RaceCommand.Print(what, "miss single", Pace.Measure(() => Check(connections.FindSingly(misses), 0, queries)));
        RaceCommand.Print(what, "miss bursts", Pace.Measure(() => Check(connections.FindInBursts(misses), 0, inBursts)));
        RaceCommand.Print(what, "octets", connections.Octets / (double)entries);
        if (family == "v4")
        {
            NaiveTable naive = new();
            for (int i = 0; i < entries; i++)
            {
                naive.Add(connections.Key(connections.Ends(i)));
            }

            FlowKey[] keys = [.. hits.Select(connections.Key)];
            RaceCommand.Print(what, "naive", Pace.Measure(() => Check(naive.Find(keys), queries, queries)));
        }
    }

    private static int Check(int found, int expected, int looked) =>
        found == expected ? looked : throw new InvalidOperationException($"{found} were found, not {expected}.");
}
