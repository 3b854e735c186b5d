namespace SecurityGroups.Tracking;

/// <summary>A chain of entries and the spin lock of all of them; held for some ten nanoseconds.</summary>
internal struct FragmentBucket
{
    private int _isHeld;

    /// <summary>Index plus one of the first entry, 0 = none.</summary>
    public uint First;

    public void Enter()
    {
        SpinWait spin = default;
        while (Interlocked.CompareExchange(ref _isHeld, 1, 0) != 0)
        {
            spin.SpinOnce();
        }
    }

    public void Exit() => Volatile.Write(ref _isHeld, 0);
}
