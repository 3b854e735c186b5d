using SecurityGroups.Tests.Support;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>Tells the same story to the library and to the kernel, and finds the first packet on which they disagree.</summary>
/// <remarks>
/// The library's clock stands still: a story takes the kernel milliseconds, so nothing expires at either. After a difference the two may
/// hold different states, so a story ends there. Stories that are told without <see cref="KernelFilter.Forget"/> between need own tuples.
/// </remarks>
internal sealed class Oracle(KernelFilter kernel, Policy policy, string nic, FirewallOptions options)
{
    private readonly FirewallOptions _options = options with
    {
        TimeProvider = new ManualTimeProvider(),
        ConnectionTracking = options.ConnectionTracking with { MaxConnections = 64 },
    };

    public long Packets { get; private set; }

    /// <summary>Makes the kernel filter by this policy.</summary>
    public Oracle Load()
    {
        kernel.Load(policy, nic, options);
        return this;
    }

    public Difference? Compare(IReadOnlyList<Crossing> story)
    {
        using Firewall firewall = new(policy, _options);
        for (int i = 0; i < story.Count; i++)
        {
            Packets++;
            Decision decision = firewall[nic].Filter(story[i].Direction, story[i].Packet);
            bool isForwarded = kernel.Forwards(story[i]);
            if (decision.IsAllowed != isForwarded)
            {
                return new Difference(Retell(story.Take(i + 1)), isForwarded);
            }
        }

        return null;
    }

    /// <summary>The shortest story, by leaving out halves, quarters and so on, that still ends in a difference which the table does not explain.</summary>
    public Difference Shrink(Difference difference)
    {
        for (int length = difference.Story.Count / 2; length > 0; length /= 2)
        {
            for (int i = 0; i < difference.Story.Count;)
            {
                Difference? still = TryWithout(difference, i, length);
                difference = still ?? difference;
                i += still is null ? length : 0;
            }
        }

        kernel.Forget();
        return difference;
    }

    private Difference? TryWithout(Difference difference, int start, int length)
    {
        kernel.Forget();
        Difference? still = Compare([.. difference.Story.Where((_, index) => index < start || index >= start + length).Select(judged => judged.Crossing)]);
        return still is not null && KnownDifferences.Find(still) is null ? still : null;
    }

    // Once more by the library alone, with the states between.
    private List<Judged> Retell(IEnumerable<Crossing> story)
    {
        using Firewall firewall = new(policy, _options);
        List<Judged> told = [];
        foreach (Crossing crossing in story)
        {
            ConnectionInfo? connection = firewall.GetConnections().FirstOrDefault();
            told.Add(new Judged(crossing, firewall[nic].Filter(crossing.Direction, crossing.Packet), connection?.State ?? "", connection?.Initiated));
        }

        return told;
    }
}
