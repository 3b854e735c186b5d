namespace SecurityGroups.Tracking;

/// <summary>
/// The steps of the table's protocol, made visible to the tests that run its threads in every order (tests/SecurityGroups.Core.Schedules).
/// Compiled away in the library.
/// </summary>
internal static class Interleaving
{
#if SCHEDULES
    /// <summary>Called before each step of this thread; true = it spins.</summary>
    [field: ThreadStatic]
    public static Action<bool>? Hook { get; set; }

    /// <summary>The processor that this thread runs on, as the test has it.</summary>
    [field: ThreadStatic]
    public static int Processor { get; set; }

    /// <summary>Another thread may go first: stands before whatever reads or writes what threads share.</summary>
    public static void Step() => Hook?.Invoke(false);

    /// <summary>Nothing can be done until another thread goes on.</summary>
    public static void Spin() => Hook?.Invoke(true);
#else
    /// <summary>The processor that this thread runs on, more or less.</summary>
    public static int Processor => Thread.GetCurrentProcessorId();

    /// <summary>Another thread may go first: stands before whatever reads or writes what threads share.</summary>
    [System.Diagnostics.Conditional("SCHEDULES")]
    public static void Step()
    {
    }

    /// <summary>Nothing can be done until another thread goes on.</summary>
    [System.Diagnostics.Conditional("SCHEDULES")]
    public static void Spin()
    {
    }
#endif
}
