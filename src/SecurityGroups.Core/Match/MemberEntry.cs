namespace SecurityGroups.Match;

/// <summary>
/// A member, as in its <see cref="MemberKey"/>, and its class; vacant without a class. Half a cache line: the hash is computed again where
/// needed.
/// </summary>
internal readonly record struct MemberEntry(UInt128 Bits, ulong Scope, MemberClass? Class)
{
    public ulong Hash => MemberKey.HashOf(Bits, Scope);
}
