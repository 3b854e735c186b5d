namespace SecurityGroups.Tracking;

/// <summary>The parts of a room, in percent, that connections may have which anyone can make with a forged address; 100 = no cap.</summary>
internal readonly record struct RoomShares(int Unreplied, int HalfOpen)
{
    /// <summary>The limits of a room of so many connections; each share is at least one.</summary>
    public RoomLimits Of(int connections) => new(connections, Share(connections, Unreplied), Share(connections, HalfOpen));

    private static int Share(int connections, int percentage) => (int)Math.Max(1, (long)connections * percentage / 100);
}
