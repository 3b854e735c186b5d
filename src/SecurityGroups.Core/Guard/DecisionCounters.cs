namespace SecurityGroups.Guard;

/// <summary>
/// Packets counted by direction and reason. Striped by thread, so that two threads on one NIC seldom write the same line; a sum reads all
/// stripes and is exact once the writers have stopped.
/// </summary>
internal sealed class DecisionCounters
{
    /// <summary>Reasons that fit; a power of two above the last one.</summary>
    private const int ReasonSlots = 64;

    /// <summary>A slot that no reason has: packets that passed for a reason that usually denies, as <see cref="WindowCheck.Log"/> lets them.</summary>
    private const int LoggedSlot = ReasonSlots - 1;
    private const int StripeLength = 2 * ReasonSlots;

    // One cache line (8 counters of 8 octets) of distance between stripes.
    private const int StripeStride = StripeLength + 8;
    private static readonly int s_stripeMask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 8)) - 1;

    private readonly long[] _counts = new long[(s_stripeMask + 1) * StripeStride];

    public void Add(Direction direction, in Decision decision, long packets = 1)
    {
        Add(direction, (int)decision.Reason, packets);
        if (decision.IsAllowed && !decision.Reason.IsAllow())
        {
            Add(direction, LoggedSlot, packets);
        }
    }

    public long Sum(Direction direction, Reason reason) => Sum(direction, (int)reason);

    /// <summary>Packets that were allowed although their reason is one that denies.</summary>
    public long SumLogged(Direction direction) => Sum(direction, LoggedSlot);

    private void Add(Direction direction, int slot, long packets)
    {
        int stripe = Environment.CurrentManagedThreadId & s_stripeMask;
        Interlocked.Add(ref _counts[(stripe * StripeStride) + ((int)direction * ReasonSlots) + slot], packets);
    }

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
