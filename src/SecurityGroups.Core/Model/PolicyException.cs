using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>A policy is invalid; carries every error at once.</summary>
public sealed class PolicyException : Exception
{
    /// <summary>An exception for a list of errors.</summary>
    public PolicyException(ImmutableArray<PolicyError> errors)
        : base(string.Join(Environment.NewLine, errors.Select(error => $"{error.Path}: {error.Message} ({error.Code})"))) => Errors = errors;

    /// <summary>Every error, in document order.</summary>
    public ImmutableArray<PolicyError> Errors { get; }
}
