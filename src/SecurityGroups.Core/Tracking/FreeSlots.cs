using System.Runtime.InteropServices;

namespace SecurityGroups.Tracking;

/// <summary>The unused entries: lock-free stacks, one per processor stripe, and the entries that were never used.</summary>
/// <remarks>
/// A head is the top entry's index plus one (low half) and a count of changes (high half); the links lie in the free entries themselves.
/// Threads A and B: A reads head and its link, B pops that entry, uses and frees it, so the link A holds is stale; the count makes A's
/// compare-and-swap fail (ABA). The link A read may be anything by then, which does no harm, as it is used only after the swap succeeded.
/// Never-used entries are handed out in order, so that a large table touches memory only as it fills.
/// </remarks>
internal sealed class FreeSlots(AlignedArray<ConnectionEntry> entries)
{
    private const int Stripes = 16;
    private readonly Head[] _heads = new Head[Stripes];
    private long _used;

    /// <summary>Entries that were used at least once; all others need no visit.</summary>
    public uint Used => (uint)Math.Min(Volatile.Read(ref _used), entries.Length);

    public bool TryTake(out uint index)
    {
        int own = OwnStripe;
        return TryPop(own, out index) || TryTakeFresh(out index) || TrySteal(own, out index);
    }

    public void Return(uint index)
    {
        ref long head = ref _heads[OwnStripe].Value;
        while (true)
        {
            Interleaving.Step();
            long old = Volatile.Read(ref head);
            entries[index].NextFree = (uint)old;
            Interleaving.Step();
            if (Interlocked.CompareExchange(ref head, Successor(old, index + 1), old) == old)
            {
                return;
            }
        }
    }

    /// <summary>Counts the free entries that were used before; only exact while nothing else runs.</summary>
    public long CountReturned()
    {
        long count = 0;
        foreach (Head head in _heads)
        {
            for (uint next = (uint)head.Value; next != 0 && count <= entries.Length; next = entries[next - 1].NextFree)
            {
                count++;
            }
        }

        return count;
    }

    private static int OwnStripe => Interleaving.Processor & (Stripes - 1);

    private static long Successor(long old, uint top) => (((old >> 32) + 1) << 32) | top;

    private bool TryPop(int stripe, out uint index)
    {
        ref long head = ref _heads[stripe].Value;
        while (true)
        {
            Interleaving.Step();
            long old = Volatile.Read(ref head);
            uint top = (uint)old;
            if (top == 0)
            {
                index = 0;
                return false;
            }

            index = top - 1;
            Interleaving.Step();
            uint next = Volatile.Read(ref entries[index].NextFree);
            Interleaving.Step();
            if (Interlocked.CompareExchange(ref head, Successor(old, next), old) == old)
            {
                return true;
            }
        }
    }

    private bool TryTakeFresh(out uint index)
    {
        index = 0;
        if (Volatile.Read(ref _used) >= entries.Length)
        {
            return false;
        }

        Interleaving.Step();
        long fresh = Interlocked.Increment(ref _used) - 1;
        index = (uint)fresh;
        return fresh < entries.Length;
    }

    private bool TrySteal(int own, out uint index)
    {
        for (int i = 1; i < Stripes; i++)
        {
            if (TryPop((own + i) & (Stripes - 1), out index))
            {
                return true;
            }
        }

        index = 0;
        return false;
    }

    // One cache line pair a head: two processors must not share one.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Head
    {
        [FieldOffset(64)]
        public long Value;
    }
}
