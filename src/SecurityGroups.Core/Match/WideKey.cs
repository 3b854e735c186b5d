using System.Runtime.CompilerServices;

namespace SecurityGroups.Match;

/// <summary>A number of 128 bits as two signed halves that order like it: what vectors compare.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct WideKey(UInt128 value)
{
    public readonly long High = (long)(ulong)(value >> 64) ^ long.MinValue;
    public readonly long Low = (long)(ulong)value ^ long.MinValue;
}
