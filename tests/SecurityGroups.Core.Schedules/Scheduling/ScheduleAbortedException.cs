namespace SecurityGroups.Schedules.Scheduling;

/// <summary>Unwinds the threads of a run that failed.</summary>
internal sealed class ScheduleAbortedException : Exception;
