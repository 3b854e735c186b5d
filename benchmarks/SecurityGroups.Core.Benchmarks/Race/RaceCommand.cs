using System.Globalization;
using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>Our side of the race against other programs: one figure a line, <c>what TAB measure TAB value</c>, as the peers print theirs.</summary>
internal static class RaceCommand
{
    private const string Usage = """
        race match SET            million lookups a second in a rule set (cloud_100.v4, acl1_10k.v6, ...); milliseconds and KiB of its compilation
        race rules SET            million packets a second that no connection knows, bytes in, decision out, of a stateless NIC with a rule set
        race table FAMILY COUNT   million connection lookups a second with their state update (v4 or v6, UDP)
        race packet COUNT         million packets a second, bytes in, decision out, of so many established TCP connections
        race datagrams COUNT      million packets a second, bytes in, decision out, of so many UDP connections
        race open COUNT           million new connections and denied packets a second, in a table for so many
        race cores COUNT          million packets a second of so many connections on one processor and on two
        race update MEMBERS       what filtering feels of a thousand changes a second of a member of a group of so many; what a change costs
        race growth SERIES        what grows with what: nanoseconds and microseconds by rules, members, connections or updates (growth.sh draws them)
        race export SET FOLDER    the rules and the headers of a set as files that the peers read
        race report FILE          the table of a file of lines "round TAB side TAB what TAB measure TAB value"
        """;

    public static int Run(string[] words)
    {
        switch (words)
        {
            case ["match", var set]:
                MatchRace.Run(set);
                return 0;
            case ["rules", var set]:
                TraceRace.Run(set);
                return 0;
            case ["table", var family, var count]:
                TableRace.Run(family, Number(count));
                return 0;
            case ["packet", var count]:
                PacketRace.RunEstablished(Number(count));
                return 0;
            case ["datagrams", var count]:
                PacketRace.RunDatagrams(Number(count));
                return 0;
            case ["open", var count]:
                PacketRace.RunNew(Number(count));
                return 0;
            case ["cores", var count]:
                CoresRace.Run(Number(count));
                return 0;
            case ["update", var members]:
                UpdateRace.Run(Number(members));
                return 0;
            case ["growth", var series]:
                return GrowthRace.TryRun(series) ? 0 : 2;
            case ["export", var set, var folder]:
                RuleSet.Load(set).Export(Path.Combine(folder, set));
                return 0;
            case ["report", var file]:
                RaceReport.Print(File.ReadLines(file));
                return 0;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    public static void Print(string what, string measure, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}\t{measure}\t{value:0.####}"));

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
