using System.Runtime.CompilerServices;

namespace SecurityGroups;

/// <summary>What the rules of one security group must agree on among themselves.</summary>
internal static class GroupChecks
{
    // Keyed by reference and weak: a group that is no longer in any policy is forgotten.
    private static readonly ConditionalWeakTable<SecurityGroup, object> s_flawless = [];

    public static void Check(in PolicyEntry<SecurityGroup> entry, PolicyLimits limits, ProblemList problems)
    {
        SecurityGroup group = entry.Value;
        if (group.Rules.Length > limits.MaxRulesPerGroup)
        {
            problems.Error(
                $"{entry.Path}.rules", "limit.rulesPerGroup",
                $"Group '{group.Id}' has {group.Rules.Length} rules and {limits.MaxRulesPerGroup} are allowed: remove some, or raise the limit.");
        }

        // Nothing else here depends on anything but the group, so that one found without a flaw is not asked again whenever its policy is.
        if (s_flawless.TryGetValue(group, out _))
        {
            return;
        }

        ProblemList own = new();
        CheckRules(entry, own);
        problems.Add(own);
        if (own.IsEmpty)
        {
            s_flawless.AddOrUpdate(group, group.Id);
        }
    }

    private static void CheckRules(in PolicyEntry<SecurityGroup> entry, ProblemList problems)
    {
        int count = entry.Value.Rules.Length;
        Dictionary<CanonicalRule, int> firstByContent = new(count);
        Dictionary<string, int> firstById = new(count, StringComparer.Ordinal);
        for (int position = 0; position < count; position++)
        {
            CheckRule(entry, position, firstByContent, firstById, problems);
        }
    }

    private static void CheckRule(
        PolicyEntry<SecurityGroup> entry, int position, Dictionary<CanonicalRule, int> firstByContent, Dictionary<string, int> firstById, ProblemList problems)
    {
        SecurityGroup group = entry.Value;
        SecurityGroupRule rule = group.Rules[position];
        string Path() => entry.RulePath(position);
        RuleChecks.CheckContent(rule, Path, problems);
        RuleChecks.Warn(rule, group.Stateful, Path, problems);
        IdChecks.Check(rule.Id, Path, problems);

        // A rule that says the same twice is told so once: the ids derived from it are the same too.
        if (!firstByContent.TryAdd(CanonicalRule.Of(rule), position))
        {
            SecurityGroupRule first = group.Rules[firstByContent[CanonicalRule.Of(rule)]];
            problems.Error(Path(), "rule.duplicate", $"The rule matches exactly what rule '{first.Id}' matches: remove one of them.");
        }
        else if (!firstById.TryAdd(rule.Id, position))
        {
            problems.Error(
                $"{Path()}.id", "id.duplicate",
                $"Rule id '{IdChecks.Shown(rule.Id)}' is already the id of {entry.RulePath(firstById[rule.Id])}: give one of them another.");
        }
    }
}
