namespace SecurityGroups.Tracking;

/// <summary>What became of a saved connection.</summary>
internal enum RestoreOutcome : byte
{
    Restored,

    /// <summary>The policy has no such NIC.</summary>
    UnknownNic,

    /// <summary>The NIC tracks no connections.</summary>
    NotTracked,

    /// <summary>It was idle for too long, the time between save and restore included.</summary>
    Expired,

    /// <summary>A connection with this key is in the table.</summary>
    AlreadyThere,

    /// <summary>The table is full, or the NIC at its quota.</summary>
    NoRoom,
}
