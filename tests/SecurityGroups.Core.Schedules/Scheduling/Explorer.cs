namespace SecurityGroups.Schedules.Scheduling;

/// <summary>
/// Runs a trial in many schedules: all of them with no preemption and with one, those with two and so on as far as they were asked for and are
/// not too many, then random walks. Longer on demand: SECURITYGROUPS_SCHEDULES=100 multiplies the numbers.
/// </summary>
internal static class Explorer
{
    private static readonly int s_factor = int.TryParse(Environment.GetEnvironmentVariable("SECURITYGROUPS_SCHEDULES"), out int factor) ? factor : 1;

    /// <summary>Explores; returns what was explored.</summary>
    /// <param name="newTrial">A new trial for each schedule.</param>
    /// <param name="maxPreemptions">Deepest bound of the systematic part.</param>
    /// <param name="mostOfABound">Most schedules of each bound above one; those with at most one preemption are few, and all gone through.</param>
    /// <param name="randomWalks">Random walks after that.</param>
    public static Exploration Explore(Func<Trial> newTrial, int maxPreemptions = 2, int mostOfABound = 300, int randomWalks = 100)
    {
        using Scheduler scheduler = new(newTrial().Threads.Count);
        int schedules = 0;
        int complete = -1;
        for (int bound = 0; bound <= maxPreemptions; bound++)
        {
            DepthFirstChooser chooser = new(bound);
            int left = bound < 2 ? int.MaxValue : mostOfABound * s_factor;
            bool hasMore;
            do
            {
                Run(scheduler, newTrial(), chooser);
                schedules++;
                hasMore = chooser.TryAdvance();
            }
            while (hasMore && --left > 0);
            complete = hasMore ? complete : bound;
        }

        for (int seed = 0; seed < randomWalks * s_factor; seed++)
        {
            Run(scheduler, newTrial(), new RandomChooser(seed));
        }

        return new Exploration(schedules, complete, randomWalks * s_factor);
    }

    private static void Run(Scheduler scheduler, Trial trial, IChooser chooser)
    {
        scheduler.Run(trial.Threads, chooser);
        if (trial.Verdict() is { } wrong)
        {
            throw new InvalidOperationException($"{wrong} ({chooser})");
        }
    }
}
