namespace SecurityGroups.Tracking;

/// <summary>What became of an insertion.</summary>
internal enum InsertResult : byte
{
    Inserted,

    /// <summary>A live connection with this key was there already.</summary>
    Exists,

    /// <summary>No entry or no slot is free, and none of those looked at may go.</summary>
    Full,

    /// <summary>The zone has as many connections as it may, and none of those looked at may go.</summary>
    ZoneFull,

    /// <summary>There are as many half-open connections as may be, in the table or in the zone, and none of those looked at may go.</summary>
    HalfOpenFull,

    /// <summary>The zone was closed.</summary>
    ZoneRetired,
}
