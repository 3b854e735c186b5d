namespace SecurityGroups;

/// <summary>
/// Makes one usable time of a clock that others set: milliseconds that may step back a little but never leap, whatever the clock does.
/// </summary>
/// <remarks>
/// Connections keep their time in 40 bits, so two times must never lie far apart. A leap forward counts as <see cref="MaxStep"/>, which is
/// longer than any timeout: everything expires, as it should, and nothing more happens. A time far back is taken for a stray and counts as
/// the latest one, since it must expire nothing; when the clock goes on from there, it was set, and time goes on from the latest.
/// Any thread; only leaps take the lock.
/// </remarks>
internal sealed class Timeline
{
    /// <summary>Longest step forward: 49 days, above the longest timeout of 24.</summary>
    private const long MaxStep = 1L << 32;

    /// <summary>A time further back than this, 24 days, is a stray or a clock that was set.</summary>
    private const long MaxStepBack = 1L << 31;

    /// <summary>How far a clock must run on after a leap back to be believed.</summary>
    private const long Confirmation = 1_000;

    private const long None = long.MinValue;

    private readonly Lock _leap = new();
    private long _origin = None;
    private long _latest = MaxStepBack;
    private long _setBackAt = None;

    /// <summary>The latest time that was asked for.</summary>
    public long Latest => Volatile.Read(ref _latest);

    /// <summary>The time at which the clock shows some milliseconds; the first time ever asked for becomes the origin.</summary>
    public long At(long milliseconds)
    {
        if (!TryPlace(milliseconds, out long now))
        {
            return Leap(milliseconds);
        }

        // Two threads may race and leave the older of two times, which only makes the next step seem longer.
        if (now > Volatile.Read(ref _latest))
        {
            Volatile.Write(ref _latest, now);
        }

        if (Volatile.Read(ref _setBackAt) != None)
        {
            Volatile.Write(ref _setBackAt, None);
        }

        return now;
    }

    /// <summary>As <see cref="At"/>, remembering nothing.</summary>
    public long Peek(long milliseconds) => TryPlace(milliseconds, out long now) ? now : IsForward(milliseconds) ? Latest + MaxStep : Latest;

    /// <summary>What the clock shows at a time, if it has not leapt since; before the first time, 0.</summary>
    public long ClockAt(long now)
    {
        long origin = Volatile.Read(ref _origin);
        return origin == None ? 0 : now - MaxStepBack + origin;
    }

    private bool TryPlace(long milliseconds, out long now)
    {
        long origin = Volatile.Read(ref _origin);
        long latest = Volatile.Read(ref _latest);
        now = MaxStepBack + milliseconds - origin;
        return origin != None && now >= latest - MaxStepBack && now <= latest + MaxStep;
    }

    private bool IsForward(long milliseconds)
    {
        long origin = Volatile.Read(ref _origin);
        return origin != None && MaxStepBack + milliseconds - origin > Latest;
    }

    private long Leap(long milliseconds)
    {
        lock (_leap)
        {
            if (TryPlace(milliseconds, out long now))
            {
                return now;
            }

            if (_origin == None || IsForward(milliseconds))
            {
                return Continue(milliseconds, _origin == None ? _latest : _latest + MaxStep);
            }

            if (_setBackAt != None && milliseconds >= _setBackAt + Confirmation)
            {
                return Continue(milliseconds, _latest);
            }

            _setBackAt = _setBackAt == None ? milliseconds : Math.Min(_setBackAt, milliseconds);
            return _latest;
        }
    }

    private long Continue(long milliseconds, long now)
    {
        Volatile.Write(ref _latest, now);
        Volatile.Write(ref _origin, milliseconds - (now - MaxStepBack));
        _setBackAt = None;
        return now;
    }
}
