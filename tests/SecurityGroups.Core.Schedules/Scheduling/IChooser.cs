namespace SecurityGroups.Schedules.Scheduling;

/// <summary>Decides who goes on where several may.</summary>
internal interface IChooser
{
    /// <summary>Most switches away from a thread that could go on.</summary>
    int MaxPreemptions { get; }

    /// <summary>One of several ways to go on; 0 = the running thread goes on, if it can.</summary>
    int Choose(int options);
}
