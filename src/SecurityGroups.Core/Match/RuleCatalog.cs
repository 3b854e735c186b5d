using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace SecurityGroups.Match;

/// <summary>Finds the rule of a number among the blocks in force. Immutable and persistent, any thread; everything costs O(log n).</summary>
internal sealed class RuleCatalog
{
    private readonly ImmutableSortedSet<Entry> _entries;

    private RuleCatalog(ImmutableSortedSet<Entry> entries) => _entries = entries;

    public static RuleCatalog Empty { get; } = new([]);

    /// <summary>A copy with one block more. An empty one is left out: its first number is that of another block.</summary>
    public RuleCatalog With(RuleBlock block) => block.Group.Rules.IsEmpty ? this : new(_entries.Add(new Entry(block.First, block.Group)));

    /// <summary>A copy without a block that it has.</summary>
    public RuleCatalog Without(RuleBlock block) => block.Group.Rules.IsEmpty ? this : new(_entries.Remove(new Entry(block.First, block.Group)));

    /// <summary>The rule of a number; false when its group has changed or gone since.</summary>
    public bool TryGetRule(long number, [NotNullWhen(true)] out RuleReference? rule)
    {
        int position = _entries.IndexOf(new Entry(number, null));
        position = position < 0 ? ~position - 1 : position;
        Entry entry = position < 0 ? default : _entries[position];
        rule = entry.Group is { } group && number - entry.First < group.Rules.Length
            ? new RuleReference(group, group.Rules[(int)(number - entry.First)])
            : null;
        return rule is not null;
    }

    private readonly record struct Entry(long First, SecurityGroup? Group) : IComparable<Entry>
    {
        public int CompareTo(Entry other) => First.CompareTo(other.First);
    }
}
