namespace SecurityGroups.Tests.Support;

/// <summary>A clock that moves only when told to, backward too. It has no timers: the library must not need any.</summary>
internal sealed class ManualTimeProvider(TimeSpan start = default) : TimeProvider
{
    private long _ticks = start.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Time since the clock's origin.</summary>
    public TimeSpan Elapsed
    {
        get => new(Interlocked.Read(ref _ticks));
        set => Interlocked.Exchange(ref _ticks, value.Ticks);
    }

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("The data path must not depend on timers.");

    /// <summary>Moves the clock; a negative time moves it back.</summary>
    public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    /// <summary>Moves the clock by seconds.</summary>
    public void Advance(double seconds) => Advance(TimeSpan.FromSeconds(seconds));
}
