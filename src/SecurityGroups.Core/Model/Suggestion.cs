namespace SecurityGroups;

/// <summary>Guesses what a misspelt word was meant to be.</summary>
internal static class Suggestion
{
    private const int MaxLength = 64;
    private const int MaxCandidates = 1_000;

    /// <summary><c>; did you mean 'x'?</c> where a known word is close, otherwise a full stop: the end of a sentence.</summary>
    public static string For(string written, IEnumerable<string> known)
    {
        string? best = written.Length > MaxLength ? null : known.Take(MaxCandidates)
            .Where(word => word.Length <= MaxLength)
            .Select(word => (Word: word, Distance: Distance(written.ToLowerInvariant(), word.ToLowerInvariant())))
            .Where(candidate => candidate.Distance < candidate.Word.Length && candidate.Distance <= Math.Max(1, candidate.Word.Length / 4))
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Word)
            .FirstOrDefault();
        return best is null ? "." : $"; did you mean '{best}'?";
    }

    /// <summary>Optimal string alignment: how many characters to insert, remove, change or swap.</summary>
    private static int Distance(string from, string to)
    {
        int[,] cost = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                cost[i, j] = i == 0 || j == 0 ? i + j : StepCost(cost, from, to, i, j);
            }
        }

        return cost[from.Length, to.Length];
    }

    private static int StepCost(int[,] cost, string from, string to, int i, int j)
    {
        int change = cost[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
        int best = Math.Min(change, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
        bool isSwap = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
        return isSwap ? Math.Min(best, cost[i - 2, j - 2] + 1) : best;
    }
}
