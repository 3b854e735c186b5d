namespace SecurityGroups;

/// <summary>Whether everything that is named exists. A missing group is reported wherever it is used, each time with everyone who uses it.</summary>
internal sealed class ReferenceChecks(string kind, string code, IReadOnlyCollection<string> known)
{
    private const int MaxListed = 10;
    private readonly HashSet<string> _known = new(known, StringComparer.Ordinal);
    private readonly Dictionary<string, List<(string Path, string User)>> _missing = new(StringComparer.Ordinal);

    /// <summary>Notes a use; path and user are asked for only when the id is missing.</summary>
    public void Use(string id, Func<string> path, Func<string> user)
    {
        if (_known.Contains(id))
        {
            return;
        }

        if (!_missing.TryGetValue(id, out List<(string Path, string User)>? uses))
        {
            _missing[id] = uses = [];
        }

        uses.Add((path(), user()));
    }

    public void Report(ProblemList problems)
    {
        foreach ((string id, List<(string Path, string User)> uses) in _missing)
        {
            string users = string.Join(", ", uses.Take(MaxListed).Select(use => use.User));
            string more = uses.Count > MaxListed ? $" and {uses.Count - MaxListed} more" : "";
            string message = $"There is no {kind} '{IdChecks.Shown(id)}', but {users}{more} use{(uses.Count == 1 ? "s" : "")} it: add it, or remove every use{Suggestion.For(id, known)}";
            uses.ForEach(use => problems.Error(use.Path, code, message));
        }
    }
}
