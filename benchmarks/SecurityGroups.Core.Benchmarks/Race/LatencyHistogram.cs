using System.Diagnostics;
using System.Numerics;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>How often something took how long, in buckets no wider than a 32nd of the time itself. Adding allocates nothing.</summary>
internal sealed class LatencyHistogram
{
    private const int FractionBits = 5;
    private readonly long[] _counts = new long[64 << FractionBits];

    public long Count { get; private set; }

    public void Add(long ticks)
    {
        _counts[BucketOf(ticks)]++;
        Count++;
    }

    /// <summary>The time within which a share of all took place, microseconds.</summary>
    public double Percentile(double share)
    {
        long left = (long)(Count * share);
        int bucket = 0;
        while (left >= _counts[bucket])
        {
            left -= _counts[bucket++];
        }

        return EndOf(bucket) * 1e6 / Stopwatch.Frequency;
    }

    private static int BucketOf(long ticks)
    {
        int exponent = Math.Max(0, BitOperations.Log2((ulong)ticks) - FractionBits);
        return (exponent << FractionBits) + (int)(ticks >> exponent);
    }

    private static double EndOf(int bucket)
    {
        int exponent = Math.Max(0, (bucket >> FractionBits) - 1);
        return Math.ScaleB(bucket - (exponent << FractionBits) + 1, exponent);
    }
}
