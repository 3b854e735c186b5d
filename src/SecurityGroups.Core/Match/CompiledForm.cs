namespace SecurityGroups.Match;

/// <summary>
/// The rules of one set of security groups, compiled: shared by every NIC that has exactly these groups. Immutable, any thread.
/// </summary>
internal sealed class CompiledForm
{
    /// <summary>Whether any rule admits the packet. No allocation.</summary>
    public bool IsAllowed(in MatchKey key, MembershipIndex members, int network) => false;

    /// <summary>The number of a rule that admits the packet, the first by group id and position; 0 when none does. No allocation.</summary>
    public long FindRule(in MatchKey key, MembershipIndex members, int network) => 0;
}
