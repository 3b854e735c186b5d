using System.Runtime.InteropServices;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <summary>The words that denied packets change, each on cache lines of its own.</summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct SampledDenials
{
    [FieldOffset(128)]
    public RateLimit Limit;

    [FieldOffset(256)]
    public long Suppressed;
}
