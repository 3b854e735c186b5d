namespace SecurityGroups.Guard;

/// <summary>
/// Packets counted by direction and reason. Striped by thread, so that two threads on one NIC seldom write the same line; a sum reads all
/// stripes and is exact once the writers have stopped.
/// </summary>
internal sealed class DecisionCounters
{
    /// <summary>Reasons that fit; a power of two above the last one.</summary>
    private const int ReasonSlots = 64;
    private const int StripeLength = 2 * ReasonSlots;

    // One cache line (8 counters of 8 octets) of distance between stripes.
    private const int StripeStride = StripeLength + 8;
    private static readonly int s_stripeMask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 8)) - 1;

    private readonly long[] _counts = new long[(s_stripeMask + 1) * StripeStride];

    public void Add(Direction direction, Reason reason, long packets = 1)
    {
        int stripe = Environment.CurrentManagedThreadId & s_stripeMask;
        Interlocked.Add(ref _counts[(stripe * StripeStride) + ((int)direction * ReasonSlots) + (int)reason], packets);
    }

    public long Sum(Direction direction, Reason reason)
    {
        long sum = 0;
        for (int stripe = 0; stripe <= s_stripeMask; stripe++)
        {
            sum += Volatile.Read(ref _counts[(stripe * StripeStride) + ((int)direction * ReasonSlots) + (int)reason]);
        }

        return sum;
    }
}
