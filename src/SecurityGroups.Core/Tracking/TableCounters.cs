using System.Runtime.InteropServices;

namespace SecurityGroups.Tracking;

/// <summary>The words of a table that every insert writes, each on cache lines of its own: lookups on other processors must not wait for them.</summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct TableCounters
{
    /// <summary>Connections in the table.</summary>
    [FieldOffset(128)]
    public int Connections;

    /// <summary>Where the clock hand stands, counted without end.</summary>
    [FieldOffset(256)]
    public uint Hand;

    /// <summary>Entries in a row that the hand found live, or took out, for newcomers to a full table at <see cref="SearchedAt"/>.</summary>
    [FieldOffset(260)]
    public uint Searched;

    [FieldOffset(264)]
    public long SearchedAt;

    /// <summary>When the whole table was swept for a zone at its quota.</summary>
    [FieldOffset(272)]
    public long SweptAt;
}
