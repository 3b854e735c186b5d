namespace SecurityGroups.Schedules.Scheduling;

/// <summary>What was explored.</summary>
/// <param name="Systematic">Schedules gone through systematically.</param>
/// <param name="CompleteBound">All schedules with at most so many preemptions are among them; -1 = not even those without.</param>
/// <param name="Random">Random walks.</param>
internal sealed record Exploration(int Systematic, int CompleteBound, int Random);
