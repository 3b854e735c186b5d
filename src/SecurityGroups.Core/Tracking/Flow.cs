namespace SecurityGroups.Tracking;

/// <summary>
/// The connection a packet would belong to, and the hash of its key. Filled in place: a burst keeps 32 of them, and copies are what a
/// packet can do without.
/// </summary>
internal struct Flow
{
    public FlowKey Key;
    public ulong Hash;

    /// <summary>Where the connection seemed to be when it was looked for, before the packet's turn came.</summary>
    public Sighting Sighting;

    /// <summary>False: packets of this kind have no connection, and key and hash mean nothing.</summary>
    public bool IsTracked;
}
