using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>Everything there is to say about a policy: its errors and its warnings, each in the order of their places.</summary>
/// <param name="Errors">What makes it invalid; at most 10,000, the last one then says that there are more.</param>
/// <param name="Warnings">What likely does not do what its author meant; as many at most.</param>
public sealed record PolicyReport(ImmutableArray<PolicyError> Errors, ImmutableArray<PolicyWarning> Warnings)
{
    /// <summary>Whether there is no error.</summary>
    public bool IsValid => Errors.IsEmpty;
}
