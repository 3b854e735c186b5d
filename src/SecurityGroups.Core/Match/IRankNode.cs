namespace SecurityGroups.Match;

/// <summary>A node of a <see cref="RankTree{TNode, TKey}"/>: ascending keys in whole cache lines, compared all at once.</summary>
internal interface IRankNode<TSelf, TKey>
    where TSelf : unmanaged, IRankNode<TSelf, TKey>
{
    /// <summary>How many keys a node holds.</summary>
    static abstract int Keys { get; }

    /// <summary>A node of keys that are below nothing.</summary>
    static abstract TSelf Empty { get; }

    /// <summary>How many keys of a node are below a key. No branch depends on either.</summary>
    static abstract int CountBelow(ref TSelf node, in TKey key);

    /// <summary>How many of the first keys in a run of nodes are below each key of a burst. No branch depends on any.</summary>
    static abstract void CountBelow(ref TSelf nodes, int count, ref Burst<TKey> keys, ref Burst<int> counts);

    /// <summary>Puts a key at its place.</summary>
    void Set(int index, TKey key);
}
