namespace SecurityGroups.Match;

/// <summary>
/// What rules look at: direction and ethertype choose the table, the remote address the allow sets, protocol and port the answer.
/// </summary>
internal readonly struct MatchKey(Direction direction, Ethertype ethertype, UInt128 remote, byte protocol, ushort port)
{
    /// <summary>One more than the highest <see cref="Service"/>.</summary>
    public const int ServiceEnd = 1 << 24;

    public readonly UInt128 Remote = remote;

    /// <summary>Destination port, or ICMP type and code; 0 for protocols without either.</summary>
    public readonly ushort Port = port;
    public readonly byte Protocol = protocol;
    public readonly Direction Direction = direction;
    public readonly Ethertype Ethertype = ethertype;

    /// <summary>
    /// Protocol and port as one number of 24 bits: what a rule allows is one range of these, what a set of rules allows is a list of
    /// disjoint ranges.
    /// </summary>
    public int Service => ServiceOf(Protocol, Port);

    public static int ServiceOf(byte protocol, ushort port) => (protocol << 16) | port;
}
