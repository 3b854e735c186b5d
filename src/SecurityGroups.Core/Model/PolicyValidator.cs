using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>
/// Checks a whole policy and reports every error at once, each with its path and code. One pass over rules and NICs, any thread; the order of
/// the report is that of the paths.
/// </summary>
internal static class PolicyValidator
{
    /// <summary>The errors of a policy made in code; paths count in the order of ids.</summary>
    public static ImmutableArray<PolicyError> Validate(Policy policy, PolicyLimits limits) => policy.Validate(limits).Errors;

    /// <summary>The errors and warnings of parts that may not yet make a policy.</summary>
    public static PolicyReport Report(PolicySource source, PolicyLimits limits)
    {
        ProblemList problems = new();
        Check(source, limits, problems);
        return problems.ToReport();
    }

    /// <summary>Adds to a list of problems, which may hold those of the text already.</summary>
    public static void Check(PolicySource source, PolicyLimits limits, ProblemList problems)
    {
        IdChecks.CheckAll(source.SecurityGroups, group => group.Id, "security group", problems);
        IdChecks.CheckAll(source.AddressGroups, group => group.Id, "address group", problems);
        IdChecks.CheckAll(source.Nics, nic => nic.Id, "NIC", problems);

        Dictionary<string, SecurityGroup> groups = new(StringComparer.Ordinal);
        foreach (PolicyEntry<SecurityGroup> entry in source.SecurityGroups)
        {
            groups.TryAdd(entry.Value.Id, entry.Value);
            GroupChecks.Check(entry, limits, problems);
        }

        source.Nics.ForEach(entry => NicChecks.Check(entry, groups, limits, problems));
        CheckReferences(source, groups.Keys, problems);
        CheckMembers(source, limits, problems);
    }

    private static void CheckReferences(PolicySource source, IReadOnlyCollection<string> groupIds, ProblemList problems)
    {
        ReferenceChecks groups = new("security group", "reference.securityGroup", groupIds);
        ReferenceChecks addresses = new("address group", "reference.addressGroup", [.. source.AddressGroups.Select(entry => entry.Value.Id)]);
        foreach (PolicyEntry<SecurityGroup> entry in source.SecurityGroups)
        {
            CheckRemotes(entry, groups, addresses);
        }

        foreach (PolicyEntry<Nic> entry in source.Nics)
        {
            for (int index = 0; index < entry.Value.SecurityGroups.Length; index++)
            {
                int at = index;
                groups.Use(entry.Value.SecurityGroups[at], () => $"{entry.Path}.securityGroups[{at}]", () => $"NIC '{entry.Value.Id}'");
            }
        }

        groups.Report(problems);
        addresses.Report(problems);
    }

    private static void CheckRemotes(PolicyEntry<SecurityGroup> entry, ReferenceChecks groups, ReferenceChecks addresses)
    {
        for (int position = 0; position < entry.Value.Rules.Length; position++)
        {
            switch (entry.Value.Rules[position].Remote.Kind)
            {
                case RemoteKind.SecurityGroup:
                    CheckRemote(entry, position, groups, "remoteSecurityGroupId");
                    break;
                case RemoteKind.AddressGroup:
                    CheckRemote(entry, position, addresses, "remoteAddressGroupId");
                    break;
                default:
                    break;
            }
        }
    }

    private static void CheckRemote(PolicyEntry<SecurityGroup> entry, int position, ReferenceChecks checks, string member)
    {
        SecurityGroupRule rule = entry.Value.Rules[position];
        checks.Use(rule.Remote.Id!, () => $"{entry.RulePath(position)}.{member}", () => $"rule '{rule.Id}' of group '{entry.Value.Id}'");
    }

    private static void CheckMembers(PolicySource source, PolicyLimits limits, ProblemList problems)
    {
        if (limits.MaxMembersPerGroup is not { } most)
        {
            return;
        }

        Dictionary<string, int> members = source.Nics.SelectMany(entry => entry.Value.SecurityGroups.Distinct())
            .CountBy(id => id, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        foreach (PolicyEntry<SecurityGroup> entry in source.SecurityGroups)
        {
            int count = members.GetValueOrDefault(entry.Value.Id);
            if (count > most)
            {
                problems.Error(
                    entry.Path, "limit.membersPerGroup",
                    $"Group '{entry.Value.Id}' has {count} NICs and {most} are allowed: detach some, or raise the limit.");
            }
        }
    }
}
