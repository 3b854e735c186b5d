namespace SecurityGroups.Match;

/// <summary>A change on its way into the trie of members; ordered by hash, which is the order of the trie, then as given.</summary>
internal readonly record struct PendingChange(MemberKey Key, int Order, MemberChange Change) : IComparable<PendingChange>
{
    public int CompareTo(PendingChange other)
    {
        int order = Key.Hash.CompareTo(other.Key.Hash);
        return order != 0 ? order : Order.CompareTo(other.Order);
    }
}
