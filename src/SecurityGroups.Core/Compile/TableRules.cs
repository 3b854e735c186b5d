using System.Collections.Immutable;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>The rules of one direction and ethertype, sorted out by kind of remote; each list ascends by rule.</summary>
internal sealed class TableRules
{
    public List<RuleRow> AnyRemote { get; } = [];

    public List<PrefixRow> Prefixes { get; } = [];

    /// <summary>By group number.</summary>
    public SortedDictionary<int, List<RuleRow>> Groups { get; } = [];

    /// <summary>Adds a rule at those prefixes that are of its ethertype; length 0 is any remote.</summary>
    public void AddPrefixes(ImmutableArray<Cidr> prefixes, Ethertype ethertype, RuleRow row)
    {
        foreach (Cidr prefix in prefixes)
        {
            if (prefix.Ethertype == ethertype && prefix.PrefixLength == 0)
            {
                AnyRemote.Add(row);
            }
            else if (prefix.Ethertype == ethertype)
            {
                Prefixes.Add(new PrefixRow(PrefixRow.LeftAligned(ethertype, prefix.Bits), (byte)prefix.PrefixLength, row));
            }
        }
    }

    public void AddGroup(int number, RuleRow row)
    {
        if (!Groups.TryGetValue(number, out List<RuleRow>? rows))
        {
            Groups.Add(number, rows = []);
        }

        rows.Add(row);
    }
}
