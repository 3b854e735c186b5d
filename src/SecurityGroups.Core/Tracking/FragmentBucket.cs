namespace SecurityGroups.Tracking;

/// <summary>A chain of entries and the spin lock of all of them.</summary>
/// <remarks>
/// Held for some ten nanoseconds; longer only for the first piece of a datagram after a change of the rules, which are asked meanwhile. That is
/// bounded and cannot deadlock: the rules are immutable and take no lock, and an answer costs some lookups for each prefix length that covers the
/// remote address, whatever the number of rules. No other lock is taken or held.
/// </remarks>
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
