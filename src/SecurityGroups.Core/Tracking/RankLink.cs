namespace SecurityGroups.Tracking;

/// <summary>The place of a connection in the lists of its zone (<see cref="RankLists"/>); all zero = in none.</summary>
internal struct RankLink
{
    /// <summary>The older neighbour's index plus one.</summary>
    public uint Previous;

    /// <summary>The younger neighbour's index plus one; the youngest one's is the oldest.</summary>
    public uint Next;

    public ConnectionRank Rank;
}
