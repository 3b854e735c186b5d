namespace SecurityGroups.Compile;

/// <summary>Whether a change of a valid policy leaves it valid, found from what changed alone.</summary>
/// <remarks>
/// What did not change passed its checks before, so only these can fail: the checks of a changed object itself, names in it of what does not
/// exist, names elsewhere of what was removed, and the numbers of members. Where a group becomes stateful or stateless, every NIC attached to
/// it is concerned, and the answer is left to the validator. It makes the report of a bad policy, too, so that errors and their places are the
/// same however a policy came about.
/// </remarks>
internal sealed class ChangeChecks
{
    private readonly Policy _policy;
    private readonly PolicyDifference _difference;
    private readonly PolicyUses _uses;
    private readonly PolicyLimits _limits;
    private readonly ProblemList _problems = new();

    private ChangeChecks(Policy policy, PolicyDifference difference, PolicyUses uses, PolicyLimits limits)
    {
        _policy = policy;
        _difference = difference;
        _uses = uses;
        _limits = limits;
    }

    /// <param name="policy">The changed policy.</param>
    /// <param name="difference">Its difference from a policy that is valid within the same limits.</param>
    /// <param name="uses">Who names whom in the changed policy.</param>
    /// <param name="limits">The limits.</param>
    /// <returns>True = valid; false = it has errors, or only the validator can tell.</returns>
    public static bool Pass(Policy policy, PolicyDifference difference, PolicyUses uses, PolicyLimits limits) =>
        new ChangeChecks(policy, difference, uses, limits).Pass();

    private bool Pass() =>
        _difference.SecurityGroups.Set.TrueForAll(change => !ChangesStateful(change) && IsValid(change.After) && HasRoom(change.After.Id))
        && _difference.AddressGroups.Set.TrueForAll(change => IsValidId(change.After.Id))
        && _difference.Nics.Set.TrueForAll(change => IsValid(change.After))
        && _difference.SecurityGroups.Removed.TrueForAll(group => !_uses.Members.ContainsKey(group.Id) && !_uses.RemoteGroups.ContainsKey(group.Id))
        && _difference.AddressGroups.Removed.TrueForAll(group => !_uses.AddressGroups.ContainsKey(group.Id));

    private static bool ChangesStateful((SecurityGroup? Before, SecurityGroup After) change) =>
        change.Before is { } before && before.Stateful != change.After.Stateful;

    private bool IsValid(SecurityGroup group)
    {
        GroupChecks.Check(new PolicyEntry<SecurityGroup>(group, ""), _limits, _problems);
        return IsValidId(group.Id) && group.Rules.All(rule => Exists(rule.Remote));
    }

    private bool Exists(Remote remote) => remote.Kind switch
    {
        RemoteKind.SecurityGroup => _policy.SecurityGroups.ContainsKey(remote.Id!),
        RemoteKind.AddressGroup => _policy.AddressGroups.ContainsKey(remote.Id!),
        _ => true,
    };

    private bool IsValid(Nic nic)
    {
        NicChecks.Check(new PolicyEntry<Nic>(nic, ""), _policy.SecurityGroups, _limits, _problems);
        return IsValidId(nic.Id) && nic.SecurityGroups.All(id => _policy.SecurityGroups.ContainsKey(id) && HasRoom(id));
    }

    private bool HasRoom(string groupId) => !(_uses.Members.GetValueOrDefault(groupId) > _limits.MaxMembersPerGroup);

    private bool IsValidId(string id)
    {
        IdChecks.Check(id, () => "", _problems);
        return _problems.ErrorCount == 0;
    }
}
