using System.Diagnostics;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>
/// How fast a piece of work goes. Warm for seconds first: on a single processor the runtime compiles the hot path at the cost of what it
/// measures, and the longer the path the longer it takes. Then the best of many short trials: neighbours on the machine only take away. The
/// peers are timed alike.
/// </summary>
internal static class Pace
{
    private const int Trials = 20;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_trial = TimeSpan.FromMilliseconds(50);

    /// <summary>Million operations a second of a work that says how many it did. <paramref name="prepare"/> goes before each and is not timed.</summary>
    public static double Measure(Func<int> work, Action? prepare = null)
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < s_warmUp;)
        {
            prepare?.Invoke();
            work();
        }

        return Enumerable.Range(0, Trials).Max(_ => Trial(work, prepare));
    }

    private static double Trial(Func<int> work, Action? prepare)
    {
        long operations = 0;
        TimeSpan spent = TimeSpan.Zero;
        while (spent < s_trial)
        {
            prepare?.Invoke();
            long start = Stopwatch.GetTimestamp();
            operations += work();
            spent += Stopwatch.GetElapsedTime(start);
        }

        return operations / spent.TotalMicroseconds;
    }
}
