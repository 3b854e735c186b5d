namespace SecurityGroups.Match;

/// <summary>The rules of a security group are numbered consecutively from <see cref="First"/> (above 0), for as long as the group is the same object.</summary>
/// <param name="First">The number of the group's first rule.</param>
/// <param name="Group">The group.</param>
internal sealed record RuleBlock(long First, SecurityGroup Group);
