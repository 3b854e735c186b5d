namespace SecurityGroups.Tracking;

/// <summary>A token bucket in one word: the time at which it would be full again, in nanoseconds (generic cell rate algorithm). Any thread.</summary>
internal struct RateLimit
{
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private long _fullAt;

    /// <summary>Takes one of <paramref name="perSecond"/> tokens a second, <paramref name="burst"/> at most in store; false = none left.</summary>
    public bool TryTake(long nowMilliseconds, int perSecond, int burst)
    {
        long now = nowMilliseconds * NanosecondsPerMillisecond;
        long cost = NanosecondsPerSecond / perSecond;
        while (true)
        {
            long old = Volatile.Read(ref _fullAt);

            // Further ahead than a whole burst: the clock went back since; begin anew.
            long fullAt = old < now || old - now > burst * cost ? now : old;
            if (fullAt + cost - now > burst * cost)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _fullAt, fullAt + cost, old) == old)
            {
                return true;
            }
        }
    }
}
