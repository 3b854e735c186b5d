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
        while (true)
        {
            long old = Volatile.Read(ref _fullAt);
            if (!HasToken(old, nowMilliseconds, perSecond, burst, out long next))
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _fullAt, next, old) == old)
            {
                return true;
            }
        }
    }

    /// <summary>Whether <see cref="TryTake"/> would find a token; takes none.</summary>
    public bool CanTake(long nowMilliseconds, int perSecond, int burst) => HasToken(Volatile.Read(ref _fullAt), nowMilliseconds, perSecond, burst, out _);

    private static bool HasToken(long old, long nowMilliseconds, int perSecond, int burst, out long next)
    {
        long now = nowMilliseconds * NanosecondsPerMillisecond;
        long cost = NanosecondsPerSecond / perSecond;

        // Further ahead than a whole burst: the clock went back since; begin anew.
        long fullAt = old < now || old - now > burst * cost ? now : old;
        next = fullAt + cost;
        return next - now <= burst * cost;
    }
}
