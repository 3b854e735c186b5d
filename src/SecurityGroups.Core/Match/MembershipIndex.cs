namespace SecurityGroups.Match;

/// <summary>
/// Which security groups an address belongs to: (network, ethertype, address) to an interned set of group numbers. Immutable and persistent:
/// a member that joins or leaves makes a new index that shares all but a path with the old one.
/// </summary>
internal sealed class MembershipIndex
{
    public static MembershipIndex Empty { get; } = new();
}
