namespace SecurityGroups.Match;

/// <summary>
/// The security groups that a table's rules name as remote, each with what its members are allowed. Immutable, any thread, no allocation.
/// </summary>
/// <remarks>
/// Group numbers ascend, as they do in a <see cref="MemberClass"/>; most addresses belong to no referenced group, which the two 64-bit
/// filters tell without a look at either list. Otherwise the shorter list is searched for in the longer one.
/// </remarks>
internal sealed class GroupRemotes(int[] groups, int[] allowSets)
{
    private readonly ulong _filter = MemberClass.FilterOf(groups);

    public static GroupRemotes Empty { get; } = new([], []);

    public bool IsEmpty => groups.Length == 0;

    public ReadOnlySpan<int> Groups => groups;

    public long Octets => groups.Length * 2L * sizeof(int);

    /// <summary>Whether members of a class are allowed a service.</summary>
    public bool Allows(MemberClass members, AllowSets sets, int service)
    {
        for (int next = 0; TryNext(members, ref next, out int position);)
        {
            if (sets.Contains(allowSets[position], service))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The next group of the shorter list that is also in the longer one, from <paramref name="next"/> (0 at first) on; its place among the
    /// groups of this table.
    /// </summary>
    public bool TryNext(MemberClass members, ref int next, out int position)
    {
        position = 0;
        if ((_filter & members.Filter) == 0)
        {
            return false;
        }

        ReadOnlySpan<int> others = members.Groups;
        bool walksOwn = groups.Length <= others.Length;
        int count = walksOwn ? groups.Length : others.Length;
        while (next < count)
        {
            int walked = next++;
            int found = walksOwn ? others.BinarySearch(groups[walked]) : Array.BinarySearch(groups, others[walked]);
            if (found >= 0)
            {
                position = walksOwn ? walked : found;
                return true;
            }
        }

        return false;
    }
}
