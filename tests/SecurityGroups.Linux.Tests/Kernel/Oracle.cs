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
        Receiver receiver = new(firewall[nic]);
        for (int i = 0; i < story.Count;)
        {
            int start = i;
            int end = EndOfRun(story, i);
            List<DatagramKey> forwarded = [];
            receiver.Arrived.Clear();
            for (; i < end; i++)
            {
                Packets++;
                receiver.Take(story[i]);
                if (kernel.Forwards(story[i]))
                {
                    forwarded.Add(DatagramKey.Of(story[i]));
                }
            }

            foreach (DatagramKey key in story.Skip(start).Take(end - start).Select(DatagramKey.Of).Distinct())
            {
                int excess = forwarded.Count(key.Equals) - receiver.Arrived.Count(key.Equals);
                if (excess != 0)
                {
                    return new Difference(Retell(story, start, end, key, isStricter: excess > 0), isForwarded: excess > 0);
                }
            }
        }

        return null;
    }

    // A packet, or the fragments that follow each other.
    private static int EndOfRun(IReadOnlyList<Crossing> story, int start)
    {
        int end = start;
        while (end < story.Count && FragmentReader.Read(story[end].Packet) is not null)
        {
            end++;
        }

        return Math.Max(end, start + 1);
    }

    /// <summary>The shortest story, by leaving out halves, quarters and so on, that still ends in a difference which the table does not explain.</summary>
    public Difference Shrink(Difference difference)
    {
        if (difference.Story.Any(judged => FragmentReader.Read(judged.Crossing.Packet) is not null))
        {
            // What the kernel collected of a datagram cannot be taken back.
            return difference;
        }

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

    // Once more by the library alone, with the states between, up to the packet that decides: of a datagram the first piece that was denied, or
    // the last that passed.
    private Judged[] Retell(IReadOnlyList<Crossing> story, int start, int end, DatagramKey of, bool isStricter)
    {
        using Firewall firewall = new(policy, _options);
        Receiver receiver = new(firewall[nic]);
        List<ConnectionInfo?> connections = [];
        foreach (Crossing crossing in story.Take(end))
        {
            connections.Add(firewall.GetConnections().FirstOrDefault());
            receiver.Take(crossing);
        }

        Judged[] told = [.. receiver.Decisions.Select((decision, i) => new Judged(story[i], decision, connections[i]?.State ?? "", connections[i]?.Initiated))];
        bool Decides(Judged judged) => DatagramKey.Of(judged.Crossing) == of && judged.Decision.IsAllowed != isStricter;
        int decisive = isStricter ? Array.FindIndex(told, start, Decides) : Array.FindLastIndex(told, Decides);
        return decisive < 0 ? told : told[..(decisive + 1)];
    }
}
