namespace SecurityGroups.Tracking;

/// <summary>How many entries of the fragment table a NIC has. Any thread.</summary>
internal struct FragmentShare
{
    private int _entries;

    /// <summary>Counts one more unless that would be more than the share.</summary>
    public bool TryAdd(int share)
    {
        if (Interlocked.Increment(ref _entries) <= share)
        {
            return true;
        }

        Interlocked.Decrement(ref _entries);
        return false;
    }

    public void Remove() => Interlocked.Decrement(ref _entries);
}
