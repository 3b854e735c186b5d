using System.Text;

namespace SecurityGroups;

/// <summary>What an id must be: 1 to 255 characters of well-formed text, unique for its kind.</summary>
internal static class IdChecks
{
    private const int MaxLength = 255;

    public static void Check(string id, Func<string> path, ProblemList problems)
    {
        if (id.Length == 0)
        {
            problems.Error($"{path()}.id", "id.empty", "The id is empty: write 1 to 255 characters.");
        }
        else if (id.Length > MaxLength)
        {
            problems.Error($"{path()}.id", "id.length", $"The id has {id.Length} characters: write at most 255.");
        }
        else if (!IsWellFormed(id))
        {
            problems.Error(
                $"{path()}.id", "id.text",
                "The id holds half a surrogate pair, which no file can hold: write well-formed text.");
        }
    }

    /// <summary>Every entry's id on its own and against the others of its kind.</summary>
    public static void CheckAll<T>(List<PolicyEntry<T>> entries, Func<T, string> idOf, string kind, ProblemList problems)
    {
        Dictionary<string, string> pathById = new(entries.Count, StringComparer.Ordinal);
        foreach (PolicyEntry<T> entry in entries)
        {
            string id = idOf(entry.Value);
            Check(id, () => entry.Path, problems);
            if (!pathById.TryAdd(id, entry.Path))
            {
                problems.Error(
                    $"{entry.Path}.id", "id.duplicate",
                    $"The {kind} id '{Shown(id)}' is already the id of {pathById[id]}: give one of them another.");
            }
        }
    }

    /// <summary>An id as messages quote it.</summary>
    public static string Shown(string id) => AddressText.Shown(id);

    private static bool IsWellFormed(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            // The enumeration shows a lone surrogate as the replacement character.
            if (rune == Rune.ReplacementChar && !text.Contains('\uFFFD'))
            {
                return false;
            }
        }

        return true;
    }
}
