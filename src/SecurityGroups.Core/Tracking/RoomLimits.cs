namespace SecurityGroups.Tracking;

/// <summary>Most connections of a table or a zone, of all ranks and of those with a cap.</summary>
internal readonly record struct RoomLimits(int Connections, int Unreplied, int HalfOpen)
{
    /// <summary>The cap of a rank; ranks without one may have the whole room.</summary>
    public int Of(ConnectionRank rank) => rank switch
    {
        ConnectionRank.Unreplied => Unreplied,
        ConnectionRank.HalfOpen => HalfOpen,
        _ => Connections,
    };
}
