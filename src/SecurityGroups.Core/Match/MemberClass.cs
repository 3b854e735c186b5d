using System.Collections.Immutable;

namespace SecurityGroups.Match;

/// <summary>The security groups that an address belongs to, each with how many NICs say so. Immutable; equal classes are one object within an index.</summary>
internal sealed class MemberClass : IEquatable<MemberClass>
{
    private readonly int[] _groups;
    private readonly int[] _counts;
    private readonly int _hash;

    private MemberClass(int[] groups, int[] counts)
    {
        _groups = groups;
        _counts = counts;
        Filter = FilterOf(groups);
        HashCode hash = default;
        foreach (int group in groups)
        {
            hash.Add(group);
        }

        foreach (int count in counts)
        {
            hash.Add(count);
        }

        _hash = hash.ToHashCode();
    }

    /// <summary>The class of no groups.</summary>
    public static MemberClass Empty { get; } = new([], []);

    /// <summary>The numbers of the groups, ascending.</summary>
    public ReadOnlySpan<int> Groups => _groups;

    /// <summary>A set bit for each group, several groups sharing one: disjoint filters mean disjoint groups.</summary>
    public ulong Filter { get; }

    public static ulong FilterOf(ReadOnlySpan<int> groups)
    {
        ulong filter = 0;
        foreach (int group in groups)
        {
            filter |= 1ul << group;
        }

        return filter;
    }

    /// <summary>The class with one more NIC (or one less) in each of some groups.</summary>
    public MemberClass With(ImmutableArray<int> groups, bool joins)
    {
        SortedDictionary<int, int> counts = [];
        for (int i = 0; i < _groups.Length; i++)
        {
            counts[_groups[i]] = _counts[i];
        }

        foreach (int group in groups)
        {
            int count = counts.GetValueOrDefault(group) + (joins ? 1 : -1);
            if (count > 0)
            {
                counts[group] = count;
            }
            else
            {
                counts.Remove(group);
            }
        }

        return counts.Count == 0 ? Empty : new MemberClass([.. counts.Keys], [.. counts.Values]);
    }

    public bool Equals(MemberClass? other) =>
        other is not null && _hash == other._hash && _groups.AsSpan().SequenceEqual(other._groups) && _counts.AsSpan().SequenceEqual(other._counts);

    public override bool Equals(object? obj) => Equals(obj as MemberClass);

    public override int GetHashCode() => _hash;
}
