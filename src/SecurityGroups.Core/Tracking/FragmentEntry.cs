namespace SecurityGroups.Tracking;

/// <summary>
/// One fragmented datagram of one NIC and direction. All of it may only be touched by who holds its bucket; <see cref="Next"/> and
/// <see cref="Bucket"/> of a free entry belong to <see cref="FragmentSlots"/> and to whoever takes it.
/// </summary>
internal struct FragmentEntry
{
    public FragmentKey Key;
    public FragmentVerdict Verdict;
    public FragmentRanges Ranges;

    /// <summary>When its first piece came: what it lives from, whatever comes later.</summary>
    public long CreatedMilliseconds;

    /// <summary>The next entry's index plus one, of the bucket or of the free entries.</summary>
    public uint Next;

    /// <summary>Where the entry is to be found.</summary>
    public uint Bucket;

    /// <summary>Counts the datagrams that the entry served: tokens of earlier ones mean nothing.</summary>
    public uint Generation;

    /// <summary>Ports of the first fragment.</summary>
    public uint FirstPorts;

    /// <summary>Octets of the first fragment; 0 before it came.</summary>
    public ushort FirstOctets;

    /// <summary>Octets, from 0 on, that were inspected and must not be rewritten.</summary>
    public ushort HeaderOctets;

    /// <summary>Octets of the datagram as its last fragment says; 0 before it came.</summary>
    public ushort DatagramOctets;

    /// <summary>The protocol that its pieces state.</summary>
    public byte Protocol;

    public FragmentState State;

    /// <summary>Whether pieces were held, so that the host will ask for them again.</summary>
    public bool WasHeld;

    /// <summary>Whether all of its octets have come.</summary>
    public readonly bool IsComplete => FirstOctets != 0 && DatagramOctets != 0 && Ranges.Are(DatagramOctets);
}
