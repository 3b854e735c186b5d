using System.Runtime.InteropServices;

namespace SecurityGroups.Tracking;

/// <summary>The words of a table that every insert writes, each on cache lines of its own: lookups on other processors must not wait for them.</summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct TableCounters
{
    /// <summary>Connections in the table.</summary>
    [FieldOffset(128)]
    public Occupancy Room;

    /// <summary>Where the clock hand stands, counted without end.</summary>
    [FieldOffset(256)]
    public uint Hand;

    /// <summary>Entries drawn for eviction so far, counted without end: where the next draw begins.</summary>
    [FieldOffset(260)]
    public uint Drawn;

    /// <summary>When entries were drawn in vain.</summary>
    [FieldOffset(264)]
    public long DrawnInVainAt;

    /// <summary>When the whole table was swept for a zone at its quota.</summary>
    [FieldOffset(272)]
    public long SweptAt;

    /// <summary>Connections that made room for others.</summary>
    [FieldOffset(280)]
    public long Evicted;

    /// <summary>How often the table came under pressure.</summary>
    [FieldOffset(288)]
    public long Pressures;

    /// <summary>1 = under pressure.</summary>
    [FieldOffset(296)]
    public int IsPressed;
}
