using System.Collections.Immutable;

namespace SecurityGroups.Match;

/// <summary>
/// The security groups that an address belongs to, each with how many NICs say so. Immutable; equal classes are one object within an index.
/// </summary>
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
        List<int> numbers = [.. _groups];
        List<int> counts = [.. _counts];
        foreach (int group in groups)
        {
            int position = numbers.BinarySearch(group);
            if (position < 0 && joins)
            {
                numbers.Insert(~position, group);
                counts.Insert(~position, 1);
            }
            else if (position >= 0 && (joins || counts[position] > 1))
            {
                counts[position] += joins ? 1 : -1;
            }
            else if (position >= 0)
            {
                numbers.RemoveAt(position);
                counts.RemoveAt(position);
            }
        }

        return numbers.Count == 0 ? Empty : new MemberClass([.. numbers], [.. counts]);
    }

    public bool Equals(MemberClass? other) =>
        other is not null
        && _hash == other._hash
        && _groups.AsSpan().SequenceEqual(other._groups)
        && _counts.AsSpan().SequenceEqual(other._counts);

    public override bool Equals(object? obj) => Equals(obj as MemberClass);

    public override int GetHashCode() => _hash;
}
