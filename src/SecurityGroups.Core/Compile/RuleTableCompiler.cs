using System.Runtime.InteropServices;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>Compiles the rules of one direction and ethertype.</summary>
/// <remarks>
/// Prefixes are sorted so that parents come first; each prefix's allow set is its parent's (any remote's, where there is none) and its own
/// rules; the sweep's pieces get the set of their longest prefix. Rules that a larger set covers already (any remote, the prefix around)
/// are left out of the sets: they cannot change a verdict. The lists that name rules keep them all.
/// </remarks>
internal sealed class RuleTableCompiler
{
    private readonly AllowSetBuilder _sets = new();
    private readonly RuleListsBuilder _lists = new();
    private readonly List<ServiceRange> _ranges = [];
    private readonly List<int> _union = [];
    private readonly Ethertype _ethertype;
    private readonly TableRules _rules;
    private readonly int _anyRemote;

    private RuleTableCompiler(Ethertype ethertype, TableRules rules)
    {
        _ethertype = ethertype;
        _rules = rules;
        _anyRemote = SetOf(CollectionsMarshal.AsSpan(rules.AnyRemote), 0);
    }

    public static RuleTable Compile(Ethertype ethertype, TableRules rules) => new RuleTableCompiler(ethertype, rules).Compile();

    private RuleTable Compile()
    {
        PrefixRow[] rows = [.. _rules.Prefixes];
        Array.Sort(rows);
        int[] firstRows = FirstRows(rows);
        PrefixSweep sweep = PrefixSweep.Over(Array.ConvertAll(firstRows, first => rows[first]));
        int[] setOfPrefix = CompilePrefixes(rows, firstRows, sweep.Parents);
        PrefixForest forest = new([.. sweep.Longest], sweep.Parents, Array.ConvertAll(firstRows, first => rows[first].PrefixLength));
        GroupRemotes groups = CompileGroups();
        _lists.Add(CollectionsMarshal.AsSpan(_rules.AnyRemote));
        int[] setOfPiece = [.. sweep.Longest.Select(prefix => prefix == PrefixForest.None ? _anyRemote : setOfPrefix[prefix])];
        return new RuleTable(sweep.Pieces(_ethertype), setOfPiece, _anyRemote, AllowSetLayout.Lay(_sets), groups, forest, _lists.Build(), firstRows.Length);
    }

    /// <summary>Where each distinct prefix begins among the sorted rows.</summary>
    private static int[] FirstRows(PrefixRow[] rows)
    {
        List<int> firstRows = [];
        for (int i = 0; i < rows.Length; i++)
        {
            if (i == 0 || !rows[i].IsSamePrefix(rows[i - 1]))
            {
                firstRows.Add(i);
            }
        }

        return [.. firstRows];
    }

    /// <summary>Each prefix's allow set.</summary>
    private int[] CompilePrefixes(PrefixRow[] rows, int[] firstRows, int[] parents)
    {
        int[] setOfPrefix = new int[firstRows.Length];
        List<RuleRow> rules = [];
        for (int prefix = 0; prefix < firstRows.Length; prefix++)
        {
            rules.Clear();
            int end = prefix + 1 < firstRows.Length ? firstRows[prefix + 1] : rows.Length;
            for (int row = firstRows[prefix]; row < end; row++)
            {
                rules.Add(rows[row].Row);
            }

            _lists.Add(CollectionsMarshal.AsSpan(rules));
            setOfPrefix[prefix] = SetOf(CollectionsMarshal.AsSpan(rules), parents[prefix] == PrefixForest.None ? _anyRemote : setOfPrefix[parents[prefix]]);
        }

        return setOfPrefix;
    }

    private GroupRemotes CompileGroups()
    {
        int[] sets = new int[_rules.Groups.Count];
        int next = 0;
        foreach (List<RuleRow> rows in _rules.Groups.Values)
        {
            _lists.Add(CollectionsMarshal.AsSpan(rows));
            sets[next++] = SetOf(CollectionsMarshal.AsSpan(rows), 0);
        }

        return next == 0 ? GroupRemotes.Empty : new GroupRemotes([.. _rules.Groups.Keys], sets);
    }

    /// <summary>The set of what some rules allow and of everything in the set around them.</summary>
    private int SetOf(ReadOnlySpan<RuleRow> rules, int around)
    {
        ReadOnlySpan<int> anyRemote = _sets.BoundariesOf(_anyRemote);
        ReadOnlySpan<int> inherited = _sets.BoundariesOf(around);
        _ranges.Clear();
        foreach (ref readonly RuleRow rule in rules)
        {
            ServiceRange range = new(rule.Low, rule.High);
            if (!Boundaries.Covers(anyRemote, range) && !Boundaries.Covers(inherited, range))
            {
                _ranges.Add(range);
            }
        }

        Boundaries.Union(CollectionsMarshal.AsSpan(_ranges), _union);
        return _sets.Extend(around, Boundaries.AsSpan(_union));
    }
}
