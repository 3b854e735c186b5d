using System.Runtime.InteropServices;

namespace SecurityGroups.Events;

/// <summary>The words of a ring that every record changes, each on cache lines of its own: writers must not wait for readers' lines.</summary>
[StructLayout(LayoutKind.Explicit, Size = 512)]
internal struct RingPositions
{
    [FieldOffset(128)]
    public long Written;

    [FieldOffset(256)]
    public long Read;

    [FieldOffset(384)]
    public long Dropped;
}
