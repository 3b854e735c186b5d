using SecurityGroups.Linux.Tests.Support;
using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Linux.Tests.Kernel;

public sealed class KnownDifferencesTests
{
    /// <summary>An entry whose witness no longer ends in it is stale: the library or Linux has changed.</summary>
    [LinuxFact]
    public void EveryEntry_HasAWitness()
    {
        using KernelFilter kernel = new();
        List<string> stale = [];
        foreach (KnownDifference known in KnownDifferences.All)
        {
            foreach (Ends ends in known.Witness.Families)
            {
                Oracle oracle = new Oracle(kernel, known.Witness.Policy, W, known.Witness.Options).Load();
                Difference? difference = oracle.Compare([.. known.Witness.Story(ends)]);
                if (difference is null || KnownDifferences.Find(difference) != known)
                {
                    stale.Add($"{known.Name}, {ends.Ethertype}: {difference?.ToString() ?? "no difference"}");
                }
            }
        }

        Assert.True(stale.Count == 0, string.Join(Environment.NewLine, stale));
    }

    /// <summary>With SECURITYGROUPS_ACCEPT set it writes the document instead.</summary>
    [Fact]
    public void Document_SaysWhatTheTableSays()
    {
        string[] path = ["tests", "SecurityGroups.Linux.Tests", "Kernel", "Differences.md"];
        if (Environment.GetEnvironmentVariable("SECURITYGROUPS_ACCEPT") is { Length: > 0 })
        {
            File.WriteAllText(Path.Combine([Repository.Root, .. path]), KnownDifferences.ToMarkdown());
        }

        Assert.Equal(KnownDifferences.ToMarkdown(), Repository.Read(path));
    }

    [Fact]
    public void Names_AreUnique() => Assert.Equal(KnownDifferences.All.Count, KnownDifferences.All.DistinctBy(known => known.Name).Count());
}
