using System.Runtime.InteropServices;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>Interns the sets of services of one compiled form and lays them out as <see cref="AllowSets"/>.</summary>
/// <remarks>
/// Sets are known by index while building; index 0 is the empty set. A set below a prefix with many more boundaries continues in that
/// prefix's set instead of copying it, so that the whole is linear in the rules: a copy is at most one line or <see cref="MaxCopyRatio"/>
/// times the set's own rules.
/// </remarks>
internal sealed class AllowSetBuilder
{
    private const int MaxCopyRatio = 2;
    private readonly List<int> _boundaries = [];
    private readonly List<Entry> _sets = [];
    private readonly List<AllowSets.Line> _lines = [AllowSets.Line.Empty];
    private readonly List<int> _merged = [];
    private int[] _buckets = new int[64];

    public AllowSetBuilder() => _sets.Add(new Entry(0, 0, 0, 0, 0));

    public uint DescriptorOf(int set) => _sets[set].Descriptor;

    /// <summary>The boundaries of a set, without those of the set it continues in.</summary>
    public ReadOnlySpan<int> BoundariesOf(int set) =>
        CollectionsMarshal.AsSpan(_boundaries).Slice(_sets[set].First, _sets[set].Count);

    /// <summary>The set of some boundaries and everything in another set.</summary>
    public int Extend(int set, ReadOnlySpan<int> boundaries)
    {
        if (boundaries.IsEmpty)
        {
            return set;
        }

        ReadOnlySpan<int> inherited = BoundariesOf(set);
        if (inherited.Length + boundaries.Length > AllowSets.LineBoundaries && inherited.Length > MaxCopyRatio * boundaries.Length)
        {
            return Intern(boundaries, set);
        }

        Boundaries.Union(inherited, boundaries, _merged);
        return Intern(Boundaries.AsSpan(_merged), _sets[set].Next);
    }

    public AllowSets Build() => new(CollectionsMarshal.AsSpan(_lines));

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
        _sets.Add(new Entry(_boundaries.Count, boundaries.Length, next, hash, Lay(boundaries, next)));
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

    private uint Lay(ReadOnlySpan<int> boundaries, int next)
    {
        if (next != 0)
        {
            AllowSets.Line link = AllowSets.Line.Empty;
            link[0] = (int)_sets[next].Descriptor;
            _lines.Add(link);
        }

        int leaves = (boundaries.Length + AllowSets.LineBoundaries - 1) / AllowSets.LineBoundaries;
        int levels = 1;
        int leavesBelowRoot = 1;
        for (; leavesBelowRoot < leaves; levels++)
        {
            leavesBelowRoot *= AllowSets.Fanout;
        }

        uint descriptor = AllowSets.Descriptor(_lines.Count, levels, next != 0);
        LayUpperLevels(boundaries, leavesBelowRoot);
        LayLeaves(boundaries);
        return descriptor;
    }

    /// <summary>
    /// Upper lines hold, for each child but the first, the first boundary below it; levels are complete so that positions can be computed.
    /// </summary>
    private void LayUpperLevels(ReadOnlySpan<int> boundaries, int leavesBelowRoot)
    {
        for (int leavesBelow = leavesBelowRoot, lines = 1; leavesBelow > 1; leavesBelow /= AllowSets.Fanout, lines *= AllowSets.Fanout)
        {
            for (int line = 0; line < lines; line++)
            {
                AllowSets.Line upper = AllowSets.Line.Empty;
                for (int child = 1; child < AllowSets.Fanout; child++)
                {
                    int leaf = ((line * AllowSets.Fanout) + child) * (leavesBelow / AllowSets.Fanout);
                    int boundary = leaf * AllowSets.LineBoundaries;
                    upper[child - 1] = boundary < boundaries.Length ? boundaries[boundary] : AllowSets.Padding;
                }

                _lines.Add(upper);
            }
        }
    }

    private void LayLeaves(ReadOnlySpan<int> boundaries)
    {
        for (int first = 0; first < boundaries.Length; first += AllowSets.LineBoundaries)
        {
            AllowSets.Line leaf = AllowSets.Line.Empty;
            ReadOnlySpan<int> part = boundaries[first..Math.Min(first + AllowSets.LineBoundaries, boundaries.Length)];
            part.CopyTo(leaf);
            _lines.Add(leaf);
        }
    }

    private readonly record struct Entry(int First, int Count, int Next, int Hash, uint Descriptor);
}
