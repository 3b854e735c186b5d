using System.Runtime.InteropServices;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>Collects lists of rules into <see cref="RuleLists"/>.</summary>
internal sealed class RuleListsBuilder
{
    private readonly List<int> _firstRows = [0];
    private readonly List<RuleRow> _rows = [];

    /// <summary>Adds the list of the next remote; rules ascending.</summary>
    public void Add(ReadOnlySpan<RuleRow> rules)
    {
        if (rules.Length <= RuleLists.MaxScanned)
        {
            _rows.AddRange(rules);
        }
        else
        {
            AddFlattened(rules.ToArray());
        }

        _firstRows.Add(_rows.Count);
    }

    public RuleLists Build() => new([.. _firstRows], [.. _rows]);

    /// <summary>
    /// Sweeps the services upwards with the open rules in a queue, lowest first: disjoint ranges, each with its lowest rule. A list that
    /// comes out short is scanned, which disjoint ranges allow as well.
    /// </summary>
    private void AddFlattened(RuleRow[] rules)
    {
        Array.Sort(rules, static (left, right) => left.Low.CompareTo(right.Low));
        int[] cuts = [.. rules.SelectMany(rule => new[] { rule.Low, rule.High + 1 }).Distinct().Order()];
        PriorityQueue<RuleRow, int> open = new();
        int first = _rows.Count;
        int next = 0;
        for (int cut = 0; cut + 1 < cuts.Length; cut++)
        {
            for (; next < rules.Length && rules[next].Low == cuts[cut]; next++)
            {
                open.Enqueue(rules[next], rules[next].Rule);
            }

            while (open.TryPeek(out RuleRow ended, out _) && ended.High < cuts[cut])
            {
                open.Dequeue();
            }

            if (open.TryPeek(out RuleRow lowest, out _))
            {
                AddRange(first, new RuleRow(cuts[cut], cuts[cut + 1] - 1, lowest.Rule));
            }
        }
    }

    private void AddRange(int first, RuleRow range)
    {
        if (_rows.Count > first && _rows[^1].Rule == range.Rule && _rows[^1].High + 1 == range.Low)
        {
            CollectionsMarshal.AsSpan(_rows)[^1] = _rows[^1] with { High = range.High };
            return;
        }

        _rows.Add(range);
    }
}
