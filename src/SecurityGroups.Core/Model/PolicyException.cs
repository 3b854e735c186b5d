using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>A policy is invalid; carries every error at once.</summary>
public sealed class PolicyException : Exception
{
    private const int MaxShown = 20;

    /// <summary>An exception for a list of errors; its message shows the first twenty.</summary>
    public PolicyException(ImmutableArray<PolicyError> errors)
        : base(MessageOf(errors)) => Errors = errors;

    /// <summary>Every error, in the order of its place.</summary>
    public ImmutableArray<PolicyError> Errors { get; }

    private static string MessageOf(ImmutableArray<PolicyError> errors)
    {
        IEnumerable<string> shown = errors.Take(MaxShown).Select(error => error.ToString());
        IEnumerable<string> more = errors.Length > MaxShown ? [$"and {errors.Length - MaxShown} more"] : [];
        return string.Join(Environment.NewLine, shown.Concat(more));
    }
}
