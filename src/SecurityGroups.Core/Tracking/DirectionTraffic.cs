namespace SecurityGroups.Tracking;

/// <summary>What a connection carried one way.</summary>
internal struct DirectionTraffic
{
    public long Packets;
    public long Octets;
}
