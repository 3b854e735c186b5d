namespace SecurityGroups.Tracking;

/// <summary>The unused entries: a lock-free stack, and the entries that were never used.</summary>
/// <remarks>
/// As <see cref="FreeSlots"/>, with one head: index plus one of the top in the low half, a count of changes in the high half against a
/// top that was taken and returned between a thread's read and its swap (ABA). Never-used entries go out in order, so memory is touched only
/// as it is needed.
/// </remarks>
internal sealed class FragmentSlots(AlignedArray<FragmentEntry> entries)
{
    private long _head;
    private int _used;

    public bool TryTake(out uint index)
    {
        long old;
        do
        {
            old = Volatile.Read(ref _head);
            if ((uint)old == 0)
            {
                return TryTakeFresh(out index);
            }

            index = (uint)old - 1;
        }
        while (Interlocked.CompareExchange(ref _head, Successor(old, Volatile.Read(ref entries[index].Next)), old) != old);

        return true;
    }

    public void Return(uint index)
    {
        long old;
        do
        {
            old = Volatile.Read(ref _head);
            Volatile.Write(ref entries[index].Next, (uint)old);
        }
        while (Interlocked.CompareExchange(ref _head, Successor(old, index + 1), old) != old);
    }

    /// <summary>Counts the free entries; only exact while nothing else runs.</summary>
    public int Count()
    {
        int count = entries.Length - Math.Min(_used, entries.Length);
        for (uint next = (uint)_head; next != 0 && count <= entries.Length; next = entries[next - 1].Next)
        {
            count++;
        }

        return count;
    }

    private static long Successor(long old, uint top) => (((old >> 32) + 1) << 32) | top;

    private bool TryTakeFresh(out uint index)
    {
        index = 0;
        if (Volatile.Read(ref _used) >= entries.Length)
        {
            return false;
        }

        int fresh = Interlocked.Increment(ref _used) - 1;
        index = (uint)fresh;
        return fresh < entries.Length;
    }
}
