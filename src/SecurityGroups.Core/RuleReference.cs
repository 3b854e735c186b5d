namespace SecurityGroups;

/// <summary>A rule and the group it stands in.</summary>
/// <param name="SecurityGroup">The group.</param>
/// <param name="Rule">The rule.</param>
public sealed record RuleReference(SecurityGroup SecurityGroup, SecurityGroupRule Rule)
{
    /// <summary>Group and rule id, as <c>web/r1</c>.</summary>
    public override string ToString() => $"{SecurityGroup.Id}/{Rule.Id}";
}
