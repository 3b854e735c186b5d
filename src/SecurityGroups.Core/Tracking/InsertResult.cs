namespace SecurityGroups.Tracking;

/// <summary>What became of an insertion.</summary>
internal enum InsertResult : byte
{
    Inserted,

    /// <summary>A live connection with this key was there already.</summary>
    Exists,

    /// <summary>No entry or no slot is free.</summary>
    Full,

    /// <summary>The zone has as many connections as it may.</summary>
    ZoneFull,

    /// <summary>The zone was closed.</summary>
    ZoneRetired,
}
