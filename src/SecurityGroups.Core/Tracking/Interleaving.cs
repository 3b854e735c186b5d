namespace SecurityGroups.Tracking;

/// <summary>
/// The steps of the table's protocol, made visible to the tests that run its threads in every order (tests/SecurityGroups.Core.Schedules).
/// Compiled away in the library.
/// </summary>
internal static class Interleaving
{
#if SCHEDULES
    [ThreadStatic]
    private static Action<bool>? t_hook;

    [ThreadStatic]
    private static int t_processor;

    /// <summary>Called before each step of this thread; true = it spins.</summary>
    public static Action<bool>? Hook
    {
        get => t_hook;
        set => t_hook = value;
    }

    public static int Processor
    {
        get => t_processor;
        set => t_processor = value;
    }

    /// <summary>Another thread may go first: stands before whatever reads or writes what threads share.</summary>
    public static void Step() => t_hook?.Invoke(false);

    /// <summary>Nothing can be done until another thread goes on.</summary>
    public static void Spin() => t_hook?.Invoke(true);
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
