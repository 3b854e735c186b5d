namespace SecurityGroups.Schedules.Scheduling;

/// <summary>What is run in one schedule.</summary>
/// <param name="Threads">What each thread does.</param>
/// <param name="Verdict">What is wrong afterwards, or null.</param>
internal sealed record Trial(IReadOnlyList<Action> Threads, Func<string?> Verdict);
