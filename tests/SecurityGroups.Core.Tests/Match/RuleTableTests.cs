using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class RuleTableTests
{
    [Fact]
    public void Octets_AreThoseOfAllParts()
    {
        AllowSets sets = new([AllowSets.Line.Empty]);
        GroupRemotes groups = new([3, 5], [0, 0]);
        PrefixForest forest = new(Ethertype.IPv4, [0], [PrefixForest.None], [], []);
        RuleLists lists = new([0, 1], [new RuleRow(1, 2, 0)]);
        PrefixTrie trie = new(false, 0, 0, 0, [1, 2], [default], [3]);
        Assert.All([sets.Octets, groups.Octets, forest.Octets, lists.Octets, trie.Octets], octets => Assert.True(octets > 0));
        Assert.Equal(sets.Octets + groups.Octets + lists.Octets, new RuleTable(sets, 0, null, groups, null, lists, 0).Octets);
        Assert.Equal(
            sets.Octets + trie.Octets + groups.Octets + forest.Octets + lists.Octets, new RuleTable(sets, 0, trie, groups, forest, lists, 0).Octets);
    }
}
