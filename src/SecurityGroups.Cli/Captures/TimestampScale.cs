namespace SecurityGroups.Cli.Captures;

/// <summary>
/// Turns the ticks of one pcapng interface into nanoseconds since 1970, by its if_tsresol and if_tsoffset options.
/// Finer ticks are cut to whole nanoseconds; times beyond what a 64-bit number of nanoseconds holds (years 1677 to 2262) saturate.
/// </summary>
internal sealed class TimestampScale
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int PowerOfTwo = 0x80;
    private const int NanosecondExponent = 9;

    // 10^19 is the largest power of ten in 64 bits; ticks finer than 10^-28 s never reach a nanosecond.
    private const int LargestExponent = 19;

    private readonly ulong _multiplier = 1;
    private readonly ulong _divisor = 1;
    private readonly int _shift;
    private readonly Int128 _offset;

    /// <summary>A scale from the options as they stand in the file.</summary>
    /// <param name="resolution">Top bit clear: 10^-n seconds a tick; set: 2^-n.</param>
    /// <param name="offsetSeconds">Seconds to add.</param>
    public TimestampScale(byte resolution, long offsetSeconds)
    {
        int exponent = resolution & ~PowerOfTwo;
        _offset = (Int128)offsetSeconds * NanosecondsPerSecond;
        if ((resolution & PowerOfTwo) != 0)
        {
            _multiplier = NanosecondsPerSecond;
            _shift = exponent;
        }
        else if (exponent <= NanosecondExponent)
        {
            _multiplier = Power(NanosecondExponent - exponent);
        }
        else if (exponent - NanosecondExponent <= LargestExponent)
        {
            _divisor = Power(exponent - NanosecondExponent);
        }
        else
        {
            _multiplier = 0;
        }
    }

    /// <summary>Microseconds since 1970, what an interface counts in unless it says otherwise.</summary>
    public static TimestampScale Microseconds { get; } = new(6, 0);

    public long ToNanoseconds(ulong ticks)
    {
        UInt128 scaled = ((UInt128)(ticks / _divisor) * _multiplier) >> _shift;
        Int128 nanoseconds = (Int128)scaled + _offset;
        return (long)Int128.Clamp(nanoseconds, long.MinValue, long.MaxValue);
    }

    private static ulong Power(int exponent)
    {
        ulong power = 1;
        for (int i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}
