using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <summary>The one source of time of a firewall: a <see cref="TimeProvider"/>, or the timestamps of the caller. Milliseconds, any thread.</summary>
internal sealed class FirewallClock
{
    private const long OffsetTolerance = 50;
    private static readonly long s_first = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long s_last = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private readonly TimeProvider? _provider;
    private readonly Timeline _timeline = new();
    private readonly long _start;
    private long _utcOffset;

    public FirewallClock(FirewallOptions options)
    {
        _provider = options.CallerTimestamps ? null : options.TimeProvider;
        _start = _provider?.GetTimestamp() ?? 0;
    }

    /// <summary>Now, by the time provider.</summary>
    /// <exception cref="InvalidOperationException">The firewall was made for caller timestamps.</exception>
    public long Now()
    {
        // The system's coarse millisecond clock is several times cheaper than its fine one, and never set.
        if (ReferenceEquals(_provider, TimeProvider.System))
        {
            return Environment.TickCount64;
        }

        return _provider is { } provider
            ? _timeline.At((long)provider.GetElapsedTime(_start).TotalMilliseconds)
            : throw new InvalidOperationException($"This firewall was made with {nameof(FirewallOptions.CallerTimestamps)}: pass a timestamp.");
    }

    /// <summary>A caller's timestamp.</summary>
    /// <exception cref="InvalidOperationException">The firewall has a time provider.</exception>
    public long FromCaller(TimeSpan timestamp) => _timeline.At(Milliseconds(timestamp));

    /// <summary>A caller's timestamp that is only asked about, and not remembered as a time that came.</summary>
    /// <exception cref="InvalidOperationException">The firewall has a time provider.</exception>
    public long PeekFromCaller(TimeSpan timestamp) => _timeline.Peek(Milliseconds(timestamp));

    /// <summary>The time for calls that do not filter: now, or the latest time a caller told.</summary>
    public long NowOrLatest() => _provider is null ? _timeline.Latest : Now();

    /// <summary>The date, Unix time in milliseconds; null when only callers know the time.</summary>
    public long? UnixMilliseconds => _provider?.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The date of a time of this clock, which may be cut to 38 bits: UTC, or the Unix epoch plus the caller's timestamp.</summary>
    public DateTimeOffset TimeOf(long milliseconds)
    {
        long now = NowOrLatest();
        long unix = UnixMilliseconds is { } date ? now + Offset(date - now) : _timeline.ClockAt(now);
        return DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(unix - ConnectionState.Since(milliseconds, now), s_first, s_last));
    }

    // Two clocks read one after the other differ by a little more or less each time; held still, the offset keeps times in their order. When
    // the UTC clock is set, it follows.
    private long Offset(long measured)
    {
        long offset = Volatile.Read(ref _utcOffset);
        if (Math.Abs(measured - offset) > OffsetTolerance)
        {
            Volatile.Write(ref _utcOffset, offset = measured);
        }

        return offset;
    }

    private long Milliseconds(TimeSpan timestamp) => _provider is null
        ? timestamp.Ticks / TimeSpan.TicksPerMillisecond
        : throw new InvalidOperationException(
            $"This firewall has a time provider: set {nameof(FirewallOptions.CallerTimestamps)} to pass timestamps.");
}
