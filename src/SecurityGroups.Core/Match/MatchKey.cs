namespace SecurityGroups.Match;

/// <summary>
/// What rules look at: direction and ethertype choose the table, the remote address the allow sets, protocol and port the answer.
/// </summary>
/// <param name="direction">Where the packet goes.</param>
/// <param name="ethertype">Its family.</param>
/// <param name="remote">The address of the other end.</param>
/// <param name="protocol">The protocol behind all IP headers.</param>
/// <param name="port">Destination port, or ICMP type and code; 0 for protocols without either.</param>
internal readonly struct MatchKey(Direction direction, Ethertype ethertype, UInt128 remote, byte protocol, ushort port)
{
    /// <summary>Most keys that are matched together.</summary>
    public const int MaxBurst = 32;

    /// <summary>One more than the highest <see cref="Service"/>.</summary>
    public const int ServiceEnd = 1 << 24;

    private const int PortBits = 16;

    public readonly UInt128 Remote = remote;

    /// <summary>
    /// Protocol and port as one number of 24 bits: what a rule allows is one range of these, what a set of rules allows is a list of
    /// disjoint ranges.
    /// </summary>
    public readonly int Service = ServiceOf(protocol, port);
    public readonly Direction Direction = direction;
    public readonly Ethertype Ethertype = ethertype;

    public byte Protocol => (byte)(Service >> PortBits);

    public ushort Port => (ushort)Service;

    public static int ServiceOf(byte protocol, ushort port) => (protocol << PortBits) | port;

    /// <summary>Whether the same rules are about both.</summary>
    public bool HasTableOf(in MatchKey other) => Direction == other.Direction && Ethertype == other.Ethertype;
}
