using System.Runtime.InteropServices;

namespace SecurityGroups.Compile;

/// <summary>
/// Sets of services as ascending boundaries: even positions open a range, odd ones close it (the first service no longer in it).
/// </summary>
internal static class Boundaries
{
    /// <summary>Replaces <paramref name="result"/> by the union of ranges, which it sorts.</summary>
    public static void Union(Span<ServiceRange> ranges, List<int> result)
    {
        result.Clear();
        ranges.Sort(static (left, right) => left.Low.CompareTo(right.Low));
        foreach (ServiceRange range in ranges)
        {
            if (result.Count > 0 && range.Low <= result[^1])
            {
                result[^1] = Math.Max(result[^1], range.High + 1);
            }
            else
            {
                result.Add(range.Low);
                result.Add(range.High + 1);
            }
        }
    }

    /// <summary>Replaces <paramref name="result"/> by the union of two sets.</summary>
    public static void Union(ReadOnlySpan<int> left, ReadOnlySpan<int> right, List<int> result)
    {
        result.Clear();
        int i = 0;
        int j = 0;
        while (i < left.Length || j < right.Length)
        {
            int boundary = j == right.Length || (i < left.Length && left[i] <= right[j]) ? left[i] : right[j];
            bool before = ((i | j) & 1) != 0;
            i += i < left.Length && left[i] == boundary ? 1 : 0;
            j += j < right.Length && right[j] == boundary ? 1 : 0;
            if (((i | j) & 1) != 0 != before)
            {
                result.Add(boundary);
            }
        }
    }

    /// <summary>Whether a set holds a whole range.</summary>
    public static bool Covers(ReadOnlySpan<int> set, ServiceRange range)
    {
        int position = set.BinarySearch(range.Low);
        int notAbove = position < 0 ? ~position : position + 1;
        return (notAbove & 1) != 0 && range.High < set[notAbove];
    }

    public static ReadOnlySpan<int> AsSpan(List<int> boundaries) => CollectionsMarshal.AsSpan(boundaries);
}
