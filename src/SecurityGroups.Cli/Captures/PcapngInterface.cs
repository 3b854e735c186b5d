namespace SecurityGroups.Cli.Captures;

/// <summary>An interface that a pcapng section describes.</summary>
/// <param name="LinkType">What its packets begin with.</param>
/// <param name="SnapLength">Most octets captured of a packet; 0 = no limit.</param>
/// <param name="Time">What its timestamps count.</param>
internal sealed record PcapngInterface(int LinkType, uint SnapLength, TimestampScale Time);
