using System.Globalization;
using System.Text;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>The one table of what the library decides otherwise than Linux. Differences.md is the same for people.</summary>
internal static partial class KnownDifferences
{
    private const string Preface = """
        # Where the library differs from Linux netfilter

        `KernelOracleTests` sends the same packets through a router with nftables and connection tracking and through the library, and fails on every
        packet that the two judge differently, unless an entry of `KnownDifferences.*.cs` explains it. This is that table; a test holds the two together,
        and each entry against its witness. "denies" and "passes" are said of the packet that the entry names.


        """;

    public static IReadOnlyList<KnownDifference> All { get; } = [.. Tcp, .. Icmp, .. Fragments, .. Form];

    public static KnownDifference? Find(Difference difference) => All.FirstOrDefault(known => known.Explains(difference));

    public static string ToMarkdown()
    {
        StringBuilder text = new(Preface);
        text.Append("| packet | library | Linux | why |\n|---|---|---|---|\n");
        foreach (KnownDifference known in All)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {known.Name} | {known.Ours} | {known.Linux} | {known.Why} |\n");
        }

        text.Append("\nTimers, as `TimerOracleTests` has it:\n\n| packet | library | Linux | why |\n|---|---|---|---|\n");
        foreach (TimerStory story in TimerStory.All.Where(story => story.Why is not null))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {story.Name} | {story.Ours} | {story.Linux} | {story.Why} |\n");
        }

        return text.ToString();
    }
}
