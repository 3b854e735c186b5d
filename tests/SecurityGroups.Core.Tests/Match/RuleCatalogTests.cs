using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class RuleCatalogTests
{
    [Fact]
    public void TryGetRule_EveryNumber_FindsItsRuleOrNone()
    {
        SecurityGroup empty = SecurityGroup.CreateEmpty("a");
        SecurityGroup two = SecurityGroup.CreateNeutron("b");
        SecurityGroup four = SecurityGroup.CreateDefault("c");
        RuleCatalog catalog = RuleCatalog.Empty.With(new RuleBlock(10, four)).With(new RuleBlock(1, empty)).With(new RuleBlock(1, two));
        for (long number = 0; number < 20; number++)
        {
            SecurityGroupRule? expected = number is 1 or 2 ? two.Rules[(int)number - 1] : number is >= 10 and < 14 ? four.Rules[(int)number - 10] : null;
            Assert.Equal(expected is not null, catalog.TryGetRule(number, out RuleReference? found));
            Assert.Equal(expected, found?.Rule);
        }
    }

    [Fact]
    public void Without_Block_ForgetsItsRulesOnly()
    {
        RuleBlock two = new(1, SecurityGroup.CreateNeutron("b"));
        RuleBlock empty = new(3, SecurityGroup.CreateEmpty("a"));
        RuleBlock four = new(3, SecurityGroup.CreateDefault("c"));
        RuleCatalog catalog = RuleCatalog.Empty.With(two).With(empty).With(four);
        Assert.Equal([false, false, true, true, true, true, false], Found(catalog.Without(two).Without(empty)));
        Assert.Equal([true, true, false, false, false, false, false], Found(catalog.Without(four)));
    }

    [Fact]
    public void TryGetRule_EmptyCatalog_FindsNone() => Assert.False(RuleCatalog.Empty.TryGetRule(1, out _));

    private static IEnumerable<bool> Found(RuleCatalog catalog) => Enumerable.Range(1, 7).Select(number => catalog.TryGetRule(number, out _));
}
