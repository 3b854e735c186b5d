namespace SecurityGroups.Match;

/// <summary>
/// For each remote of a table, which rule allows which services: the cold twin of <see cref="AllowSets"/>. Immutable, any thread, no
/// allocation.
/// </summary>
/// <remarks>
/// One flat array of rows, cut into a list for each remote. A short list holds the rules as they are, ascending, and is scanned; a long one
/// holds disjoint ranges, ascending, each with the lowest rule that covers it, and is searched. Memory is linear in the rules either way.
/// </remarks>
internal sealed class RuleLists(int[] firstRows, RuleRow[] rows)
{
    /// <summary>Longer lists are searched, shorter ones scanned.</summary>
    public const int MaxScanned = 16;

    /// <summary>What <see cref="Find"/> gives when no rule allows the service.</summary>
    public const int None = int.MaxValue;

    public long Octets => ((long)firstRows.Length * sizeof(int)) + (rows.LongLength * 12);

    /// <summary>The lowest rule of a list that allows a service, or <see cref="None"/>.</summary>
    public int Find(int list, int service)
    {
        ReadOnlySpan<RuleRow> candidates = rows.AsSpan(firstRows[list]..firstRows[list + 1]);
        return candidates.Length <= MaxScanned ? Scan(candidates, service) : Search(candidates, service);
    }

    private static int Scan(ReadOnlySpan<RuleRow> candidates, int service)
    {
        foreach (ref readonly RuleRow row in candidates)
        {
            if (service >= row.Low && service <= row.High)
            {
                return row.Rule;
            }
        }

        return None;
    }

    private static int Search(ReadOnlySpan<RuleRow> candidates, int service)
    {
        int below = 0;
        for (int length = candidates.Length; length > 1; length -= length / 2)
        {
            int middle = below + (length / 2);
            below = candidates[middle].Low <= service ? middle : below;
        }

        return Scan(candidates.Slice(below, 1), service);
    }
}
