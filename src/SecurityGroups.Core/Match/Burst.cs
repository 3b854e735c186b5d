using System.Runtime.CompilerServices;

namespace SecurityGroups.Match;

/// <summary>A value for each key of a burst, in whole vectors of any width; those past the last key are there, but mean nothing.</summary>
[InlineArray(MatchKey.MaxBurst)]
internal struct Burst<T>
{
    private T _value;
}
