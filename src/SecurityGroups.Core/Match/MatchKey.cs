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

    /// <summary>Direction and ethertype as one number, by which a form keeps its tables of rules.</summary>
    public readonly byte Table = TableOf(direction, ethertype);

    public Direction Direction => (Direction)(Table >> 1);

    public Ethertype Ethertype => (Ethertype)(Table & 1);

    public byte Protocol => (byte)(Service >> PortBits);

    public ushort Port => (ushort)Service;

    public static int ServiceOf(byte protocol, ushort port) => (protocol << PortBits) | port;

    /// <summary>Ingress IPv4, ingress IPv6, egress IPv4, egress IPv6.</summary>
    public static byte TableOf(Direction direction, Ethertype ethertype) => (byte)(((int)direction << 1) | (int)ethertype);
}
