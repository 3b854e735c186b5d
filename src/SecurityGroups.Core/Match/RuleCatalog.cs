using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace SecurityGroups.Match;

/// <summary>Finds the rule of a number among the blocks in force. Immutable, any thread.</summary>
internal sealed class RuleCatalog
{
    private readonly RuleBlock[] _blocks;
    private readonly long[] _firstNumbers;

    /// <param name="blocks">The blocks of all groups, in any order; empty groups may share a first number with the next block.</param>
    public RuleCatalog(IEnumerable<RuleBlock> blocks)
    {
        _blocks = [.. blocks.Where(block => !block.Group.Rules.IsEmpty).OrderBy(block => block.First)];
        _firstNumbers = Array.ConvertAll(_blocks, block => block.First);
    }

    public static RuleCatalog Empty { get; } = new(ImmutableArray<RuleBlock>.Empty);

    /// <summary>The rule of a number; false when its group has changed or gone since.</summary>
    public bool TryGetRule(long number, [NotNullWhen(true)] out RuleReference? rule)
    {
        rule = null;
        int position = Array.BinarySearch(_firstNumbers, number);
        position = position < 0 ? ~position - 1 : position;
        if (position < 0 || number - _firstNumbers[position] >= _blocks[position].Group.Rules.Length)
        {
            return false;
        }

        SecurityGroup group = _blocks[position].Group;
        rule = new RuleReference(group, group.Rules[(int)(number - _firstNumbers[position])]);
        return true;
    }
}
