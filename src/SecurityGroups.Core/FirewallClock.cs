namespace SecurityGroups;

/// <summary>The one source of time of a firewall: a <see cref="TimeProvider"/>, or the timestamps of the caller. Milliseconds, any thread.</summary>
internal sealed class FirewallClock
{
    private readonly TimeProvider? _provider;
    private readonly Timeline _timeline = new();
    private readonly long _start;

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

    private long Milliseconds(TimeSpan timestamp) => _provider is null
        ? timestamp.Ticks / TimeSpan.TicksPerMillisecond
        : throw new InvalidOperationException(
            $"This firewall has a time provider: set {nameof(FirewallOptions.CallerTimestamps)} to pass timestamps.");
}
