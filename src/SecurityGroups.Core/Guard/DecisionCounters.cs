namespace SecurityGroups.Guard;

/// <summary>
/// Packets counted by direction and reason. Striped by thread, so that two threads on one NIC seldom write the same line; a sum reads all
/// stripes and is exact once the writers have stopped.
/// </summary>
internal sealed class DecisionCounters
{
    /// <summary>Reasons that fit; a power of two above the last one.</summary>
    private const int ReasonSlots = 64;

    // Not a reason: packets held, which have no verdict yet.
    private const int HeldSlot = ReasonSlots - 1;
    private const int StripeLength = 2 * ReasonSlots;

    // One cache line (8 counters of 8 octets) of distance between stripes.
    private const int StripeStride = StripeLength + 8;
    private static readonly int s_stripeMask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 8)) - 1;

    private readonly long[] _counts = new long[(s_stripeMask + 1) * StripeStride];

    public void Add(Direction direction, Decision decision, long packets = 1)
    {
        int stripe = Environment.CurrentManagedThreadId & s_stripeMask;
        int slot = decision.Verdict == Verdict.Hold ? HeldSlot : (int)decision.Reason;
        Interlocked.Add(ref _counts[(stripe * StripeStride) + ((int)direction * ReasonSlots) + slot], packets);
    }

    public long Sum(Direction direction, Reason reason) => Sum(direction, (int)reason);

    /// <summary>Packets held.</summary>
    public long SumHeld(Direction direction) => Sum(direction, HeldSlot);

    private long Sum(Direction direction, int slot)
    {
        long sum = 0;
        for (int stripe = 0; stripe <= s_stripeMask; stripe++)
        {
            sum += Volatile.Read(ref _counts[(stripe * StripeStride) + ((int)direction * ReasonSlots) + slot]);
        }

        return sum;
    }
}
