using System.Runtime.InteropServices;

namespace SecurityGroups.Compile;

/// <summary>Interns the sets of services of one table: each is known by a number, and set 0 is empty.</summary>
/// <remarks>
/// A set below a prefix with many more boundaries continues in that prefix's set instead of copying it, so that all are linear in the rules:
/// a copy is at most <see cref="MaxCopied"/> boundaries or <see cref="MaxCopyRatio"/> times the set's own.
/// </remarks>
internal sealed class AllowSetBuilder
{
    private const int MaxCopied = 16;
    private const int MaxCopyRatio = 2;
    private readonly List<int> _boundaries = [];
    private readonly List<Entry> _sets = [new Entry(0, 0, 0, 0)];
    private readonly List<int> _merged = [];
    private int[] _buckets = new int[64];

    /// <summary>How many sets there are.</summary>
    public int Count => _sets.Count;

    /// <summary>The boundaries of all sets, one behind the other.</summary>
    public ReadOnlySpan<int> AllBoundaries => CollectionsMarshal.AsSpan(_boundaries);

    /// <summary>The boundaries of a set, without those of the set it continues in.</summary>
    public ReadOnlySpan<int> BoundariesOf(int set) =>
        CollectionsMarshal.AsSpan(_boundaries).Slice(_sets[set].First, _sets[set].Count);

    /// <summary>The set that a set continues in: one with a lower number, or 0.</summary>
    public int NextOf(int set) => _sets[set].Next;

    /// <summary>The set of some boundaries and everything in another set.</summary>
    public int Extend(int set, ReadOnlySpan<int> boundaries)
    {
        if (boundaries.IsEmpty)
        {
            return set;
        }

        ReadOnlySpan<int> inherited = BoundariesOf(set);
        if (inherited.Length + boundaries.Length > MaxCopied && inherited.Length > MaxCopyRatio * boundaries.Length)
        {
            return Intern(boundaries, set);
        }

        Boundaries.Union(inherited, boundaries, _merged);
        return Intern(Boundaries.AsSpan(_merged), _sets[set].Next);
    }

    private int Intern(ReadOnlySpan<int> boundaries, int next)
    {
        int hash = HashOf(boundaries, next);
        int bucket = hash & (_buckets.Length - 1);
        for (; _buckets[bucket] != 0; bucket = (bucket + 1) & (_buckets.Length - 1))
        {
            int set = _buckets[bucket];
            if (_sets[set].Hash == hash && _sets[set].Next == next && BoundariesOf(set).SequenceEqual(boundaries))
            {
                return set;
            }
        }

        _buckets[bucket] = _sets.Count;
        _sets.Add(new Entry(_boundaries.Count, boundaries.Length, next, hash));
        _boundaries.AddRange(boundaries);
        GrowIfNeeded();
        return _sets.Count - 1;
    }

    private static int HashOf(ReadOnlySpan<int> boundaries, int next)
    {
        HashCode hash = default;
        hash.AddBytes(MemoryMarshal.AsBytes(boundaries));
        hash.Add(next);
        return hash.ToHashCode();
    }

    private void GrowIfNeeded()
    {
        if (_sets.Count * 2 <= _buckets.Length)
        {
            return;
        }

        _buckets = new int[_buckets.Length * 2];
        for (int set = 1; set < _sets.Count; set++)
        {
            int bucket = _sets[set].Hash & (_buckets.Length - 1);
            while (_buckets[bucket] != 0)
            {
                bucket = (bucket + 1) & (_buckets.Length - 1);
            }

            _buckets[bucket] = set;
        }
    }

    private readonly record struct Entry(int First, int Count, int Next, int Hash);
}
