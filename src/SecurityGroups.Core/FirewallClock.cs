using System.Diagnostics;

namespace SecurityGroups;

/// <summary>
/// The one source of time of a firewall, as milliseconds above a base that leaves room for jumps back. Either a
/// <see cref="TimeProvider"/>, or the timestamps of the caller, whose first one becomes the origin.
/// </summary>
internal sealed class FirewallClock
{
    // 24 days: a clock may jump back this far before times are held at 0.
    private const long Base = 1L << 31;
    private const long NoOrigin = long.MinValue;

    private readonly TimeProvider? _provider;
    private readonly long _start;
    private long _callerOrigin = NoOrigin;
    private long _callerLatest = Base;

    public FirewallClock(FirewallOptions options)
    {
        _provider = options.CallerTimestamps ? null : options.TimeProvider;
        _start = _provider is null ? 0
            : ReferenceEquals(_provider, TimeProvider.System) ? Environment.TickCount64
            : _provider.GetTimestamp();
    }

    /// <summary>Now, by the time provider.</summary>
    /// <exception cref="InvalidOperationException">The firewall was made for caller timestamps.</exception>
    public long Now()
    {
        // The system's coarse millisecond clock is several times cheaper than its fine one.
        if (ReferenceEquals(_provider, TimeProvider.System))
        {
            return Base + Environment.TickCount64 - _start;
        }

        return _provider is { } provider
            ? Clamp(Base + (long)provider.GetElapsedTime(_start).TotalMilliseconds)
            : throw new InvalidOperationException($"This firewall was made with {nameof(FirewallOptions.CallerTimestamps)}: pass a timestamp.");
    }

    /// <summary>A caller's timestamp.</summary>
    /// <exception cref="InvalidOperationException">The firewall has a time provider.</exception>
    public long FromCaller(TimeSpan timestamp)
    {
        if (_provider is not null)
        {
            throw new InvalidOperationException($"This firewall has a time provider: set {nameof(FirewallOptions.CallerTimestamps)} to pass timestamps.");
        }

        long milliseconds = timestamp.Ticks / TimeSpan.TicksPerMillisecond;
        long origin = Volatile.Read(ref _callerOrigin);
        if (origin == NoOrigin)
        {
            origin = Interlocked.CompareExchange(ref _callerOrigin, milliseconds, NoOrigin);
            origin = origin == NoOrigin ? milliseconds : origin;
        }

        long now = Clamp(Base + milliseconds - origin);

        // Two threads may race and leave the older of two times: it only serves listings.
        if (now > Volatile.Read(ref _callerLatest))
        {
            Volatile.Write(ref _callerLatest, now);
        }

        return now;
    }

    /// <summary>The time for calls that do not filter: now, or the latest time a caller told.</summary>
    public long NowOrLatest() => _provider is null ? Volatile.Read(ref _callerLatest) : Now();

    private static long Clamp(long milliseconds)
    {
        Debug.Assert(Base > 0, "times stay positive");
        return Math.Max(milliseconds, 0);
    }
}
