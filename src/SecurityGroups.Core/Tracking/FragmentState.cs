namespace SecurityGroups.Tracking;

/// <summary>How far a fragmented datagram is.</summary>
internal enum FragmentState : byte
{
    /// <summary>The entry is free.</summary>
    Free,

    /// <summary>Later fragments are held, the first has not come.</summary>
    Waiting,

    /// <summary>The first fragment is being judged at this moment.</summary>
    Judging,

    /// <summary>The first fragment was allowed.</summary>
    Allowed,

    /// <summary>The first fragment was denied; only remembered where fragments are held.</summary>
    Denied,

    /// <summary>Fragments contradicted each other: nothing of the datagram passes any more.</summary>
    Poisoned,
}
