using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests;

/// <summary>The shipped example: a capture of real programs, judged by the policy beside it. The totals were checked flow by flow.</summary>
public class ExampleTests
{
    private static readonly string s_folder = FindFolder();

    [Fact]
    public async Task Replay_OfTheExample_GivesTheKnownTotals()
    {
        ToolRun run = await ToolRun.RunAsync(
            "replay", "--policy", Path.Combine(s_folder, "policy.json"), Path.Combine(s_folder, "capture.pcap"), "--format", "ndjson");

        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        string[] totals = [.. run.Judgements.GroupBy(line => line[(line.IndexOf(' ') + 1)..]).Select(group => $"{group.Key} {group.Count()}").Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "admin-1 egress allow established 49",
                "admin-1 egress allow infrastructure 13",
                "admin-1 egress allow matchedRule 3",
                "admin-1 ingress allow established 46",
                "admin-1 ingress allow infrastructure 30",
                "admin-1 ingress deny noMatchingRule 2",
                "db-1 egress allow established 25",
                "db-1 egress allow infrastructure 12",
                "db-1 egress deny invalidState 7",
                "db-1 egress deny noMatchingRule 2",
                "db-1 egress deny notSyn 12",
                "db-1 egress deny spoofedSource 8",
                "db-1 ingress allow established 25",
                "db-1 ingress allow infrastructure 28",
                "db-1 ingress allow matchedRule 2",
                "db-1 ingress deny invalidState 5",
                "db-1 ingress deny noMatchingRule 8",
                "db-1 ingress deny notSyn 13",
                "web-1 egress allow established 172",
                "web-1 egress allow infrastructure 15",
                "web-1 egress allow matchedRule 12",
                "web-1 egress deny invalidState 18",
                "web-1 egress deny notSyn 29",
                "web-1 ingress allow established 178",
                "web-1 ingress allow infrastructure 27",
                "web-1 ingress allow matchedRule 9",
                "web-1 ingress allow related 6",
                "web-1 ingress deny invalidState 5",
                "web-1 ingress deny noMatchingRule 19",
                "web-1 ingress deny notSyn 24",
            ],
            totals);
    }

    [Fact]
    public async Task Check_OfTheExample_FindsNothingWrong()
    {
        ToolRun run = await ToolRun.RunAsync("check", Path.Combine(s_folder, "policy.json"));
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
    }

    private static string FindFolder()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "SecurityGroups.Core.sln")))
        {
            directory = directory.Parent;
        }

        return Path.Combine(directory!.FullName, "src", "SecurityGroups.Cli", "Example");
    }
}
