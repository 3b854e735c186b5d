namespace SecurityGroups.Match;

/// <summary>What rules look at: direction and ethertype choose the trie, the remote address the leaf, protocol and port the answer.</summary>
internal readonly struct MatchKey(Direction direction, Ethertype ethertype, UInt128 remote, byte protocol, ushort port)
{
    public readonly UInt128 Remote = remote;

    /// <summary>Destination port, or ICMP type and code; 0 for protocols without either.</summary>
    public readonly ushort Port = port;
    public readonly byte Protocol = protocol;
    public readonly Direction Direction = direction;
    public readonly Ethertype Ethertype = ethertype;
}
