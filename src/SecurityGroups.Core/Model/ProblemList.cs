namespace SecurityGroups;

/// <summary>
/// Collects the errors and warnings of one policy. Not thread-safe. Bounded, so that a hostile document cannot turn each of its octets into a
/// sentence.
/// </summary>
internal sealed class ProblemList
{
    private const int MaxEntries = 10_000;
    private readonly List<PolicyError> _errors = [];
    private readonly List<PolicyWarning> _warnings = [];

    /// <summary>How many errors were found so far, those beyond the bound included.</summary>
    public int ErrorCount { get; private set; }

    /// <summary>Whether there is neither an error nor a warning.</summary>
    public bool IsEmpty => ErrorCount == 0 && _warnings.Count == 0;

    public void Error(string path, string code, string message)
    {
        ErrorCount++;
        if (_errors.Count < MaxEntries - 1)
        {
            _errors.Add(new PolicyError(path, code, message));
        }
    }

    public void Warn(string path, string code, string message)
    {
        if (_warnings.Count < MaxEntries)
        {
            _warnings.Add(new PolicyWarning(path, code, message));
        }
    }

    /// <summary>Takes over the entries of another list.</summary>
    public void Add(ProblemList other)
    {
        other._errors.ForEach(error => Error(error.Path, error.Code, error.Message));
        other._warnings.ForEach(warning => Warn(warning.Path, warning.Code, warning.Message));
        ErrorCount += other.ErrorCount - other._errors.Count;
    }

    public PolicyReport ToReport()
    {
        List<PolicyError> errors = [.. _errors.OrderBy(error => error.Path, PathOrder.Instance)];
        if (ErrorCount > errors.Count)
        {
            errors.Add(new PolicyError("$", "limit.errors", $"There are {ErrorCount - errors.Count} more errors; fix these first."));
        }

        return new PolicyReport([.. errors], [.. _warnings.OrderBy(warning => warning.Path, PathOrder.Instance)]);
    }
}
