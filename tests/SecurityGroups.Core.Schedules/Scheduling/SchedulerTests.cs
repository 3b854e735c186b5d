using SecurityGroups.Tracking;

namespace SecurityGroups.Schedules.Scheduling;

/// <summary>The explorer finds what it is for, and goes through all there is.</summary>
public class SchedulerTests
{
    // Two threads of n steps each can be merged in (2n over n) ways; a step is a place to switch, so a thread of n steps has n + 1 parts.
    [Theory]
    [InlineData(1, 6)]
    [InlineData(2, 20)]
    [InlineData(4, 252)]
    public void DepthFirst_WithoutABound_GoesThroughEveryMerge(int steps, int merges)
    {
        HashSet<string> seen = [];
        List<string> trace = [];
        DepthFirstChooser chooser = new(int.MaxValue);
        using Scheduler scheduler = new(2);
        int runs = 0;
        do
        {
            trace.Clear();
            scheduler.Run([() => Walk("a", steps, trace), () => Walk("b", steps, trace)], chooser);
            seen.Add(string.Concat(trace));
            runs++;
        }
        while (chooser.TryAdvance());
        Assert.Equal(merges, seen.Count);
        Assert.Equal(merges, runs);
    }

    [Fact]
    public void LostUpdate_IsFoundWithOnePreemption()
    {
        Assert.Equal(new Exploration(2, 0, 0), Explorer.Explore(() => Counting(isAtomic: false), maxPreemptions: 0, randomWalks: 0));
        InvalidOperationException found = Assert.Throws<InvalidOperationException>(() => Explorer.Explore(() => Counting(isAtomic: false), maxPreemptions: 1));
        Assert.StartsWith("1 counted", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AtomicUpdate_IsNotBlamed() => Assert.Equal(2, Explorer.Explore(() => Counting(isAtomic: true)).CompleteBound);

    [Fact]
    public void RandomWalks_FindTheLostUpdateToo() => Assert.Throws<InvalidOperationException>(
        () => Explorer.Explore(() => Counting(isAtomic: false), maxPreemptions: -1, randomWalks: 100));

    [Fact]
    public void LocksInOppositeOrder_AreADeadlock()
    {
        InvalidOperationException found = Assert.Throws<InvalidOperationException>(() => Explorer.Explore(() => Locking(isOrdered: false)));
        Assert.StartsWith("Every thread waits", found.Message, StringComparison.Ordinal);
        Assert.Equal(2, Explorer.Explore(() => Locking(isOrdered: true)).CompleteBound);
    }

    // The bug that the table guards against by comparing the key again: what was found is locked, but it has become another one meanwhile.
    [Fact]
    public void RecycledSlot_WithoutASecondLook_IsFound()
    {
        Assert.Throws<InvalidOperationException>(() => Explorer.Explore(() => Recycling(looksAgain: false)));
        Assert.Equal(2, Explorer.Explore(() => Recycling(looksAgain: true)).CompleteBound);
    }

    private static void Walk(string name, int steps, List<string> trace)
    {
        trace.Add(name);
        for (int i = 0; i < steps; i++)
        {
            Interleaving.Step();
            trace.Add(name);
        }
    }

    private static Trial Counting(bool isAtomic)
    {
        int counter = 0;
        void Count()
        {
            Interleaving.Step();
            int before = counter;
            if (!isAtomic)
            {
                Interleaving.Step();
            }

            counter = before + 1;
        }

        return new Trial([Count, Count], () => counter == 2 ? null : $"{counter} counted");
    }

    private static Trial Locking(bool isOrdered)
    {
        bool[] locks = new bool[2];
        void Lock(int number)
        {
            Interleaving.Step();
            while (locks[number])
            {
                Interleaving.Spin();
            }

            locks[number] = true;
        }

        void Both(int first)
        {
            Lock(first);
            Lock(1 - first);
            locks[0] = locks[1] = false;
        }

        return new Trial([() => Both(0), () => Both(isOrdered ? 0 : 1)], () => null);
    }

    private static Trial Recycling(bool looksAgain)
    {
        (int Key, bool IsLocked) slot = (1, false);
        int wrong = 0;
        void Find()
        {
            Interleaving.Step();
            if (slot.Key != 1)
            {
                return;
            }

            Interleaving.Step();
            slot.IsLocked = true;
            wrong += slot.Key != 1 && !looksAgain ? 1 : 0;
            slot.IsLocked = false;
        }

        void Recycle()
        {
            Interleaving.Step();
            while (slot.IsLocked)
            {
                Interleaving.Spin();
            }

            slot.Key = 2;
        }

        return new Trial([Find, Recycle], () => wrong == 0 ? null : "found another key");
    }
}
