namespace SecurityGroups.Match;

/// <summary>Sets of services as lists of ranges. Immutable, any thread, no allocation.</summary>
/// <remarks>
/// A set is the ascending list of numbers at which membership flips, so that a service belongs to it when an odd number of them are not
/// above it: a whole protocol, a port range, an ICMP type and "any" are all one pair of boundaries. A set may continue in another: where a
/// prefix with few rules lies within a prefix with many, copying the many into each such set would cost memory in the square of the rules.
/// Set 0 is empty and continues in none. Cost: log2 of the boundaries for each set on the way.
/// </remarks>
/// <param name="boundaries">Those of set 1, of set 2 and so on.</param>
/// <param name="firsts">Where each set's boundaries begin, and where the last one's end.</param>
/// <param name="nexts">The set that each continues in; one with a lower number, or 0.</param>
internal sealed class AllowLists(int[] boundaries, int[] firsts, int[] nexts)
{
    public static AllowLists Empty { get; } = new([], [0, 0], [0]);

    public long Octets => (boundaries.LongLength + firsts.Length + nexts.Length) * sizeof(int);

    /// <summary>Whether a set allows a service.</summary>
    public bool Contains(int set, int service)
    {
        for (; set != 0; set = nexts[set])
        {
            if ((CountNotAbove(boundaries.AsSpan(firsts[set]..firsts[set + 1]), service) & 1) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How many boundaries are not above a service; masks instead of branches, which would be mispredicted every other time.</summary>
    private static int CountNotAbove(ReadOnlySpan<int> set, int service)
    {
        int below = 0;
        int length = set.Length;
        for (; length > 1; length -= length / 2)
        {
            below += (length / 2) & MaskIfNotAbove(set[below + (length / 2)], service);
        }

        return below - MaskIfNotAbove(set[below], service);
    }

    private static int MaskIfNotAbove(int boundary, int service) => (boundary - 1 - service) >> 31;
}
