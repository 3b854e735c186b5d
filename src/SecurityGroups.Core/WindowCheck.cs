namespace SecurityGroups;

/// <summary>What the TCP sequence window check does with a packet outside the window.</summary>
public enum WindowCheck : byte
{
    /// <summary>Deny it.</summary>
    Enforce = 0,

    /// <summary>
    /// Pass it, count it (<see cref="NicStatistics.Tolerated"/>) and, where events are wanted, tell of it (<see cref="FirewallEventKind.PacketTolerated"/>).
    /// </summary>
    Log = 1,

    /// <summary>Do not check.</summary>
    Off = 2,
}
