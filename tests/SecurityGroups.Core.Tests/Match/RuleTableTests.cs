using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class RuleTableTests
{
    [Fact]
    public void Octets_AreThoseOfAllParts()
    {
        AllowSets sets = new(new AllowMatrix([], [0]));
        GroupRemotes groups = new([3, 5], [0, 0]);
        PrefixForest forest = new([PrefixForest.None, PrefixForest.None], [], []);
        RuleLists lists = new([0, 1], [new RuleRow(1, 2, 0)]);
        AddressPieces pieces = new(Ethertype.IPv4, [0, UInt128.MaxValue << 96]);
        Assert.All([sets.Octets, groups.Octets, forest.Octets, lists.Octets, pieces.Octets], octets => Assert.True(octets > 0));
        Assert.Equal(
            pieces.Octets + (2 * 4) + sets.Octets + groups.Octets + forest.Octets + lists.Octets,
            new RuleTable(pieces, [0, 0], 0, sets, groups, forest, lists, 0).Octets);
    }
}
