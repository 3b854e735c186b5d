namespace SecurityGroups;

/// <summary>A rule that would have matched but for one thing.</summary>
/// <param name="Rule">The rule and its group.</param>
/// <param name="ButFor">The one thing.</param>
public sealed record NearMiss(RuleReference Rule, MatchAspect ButFor);
