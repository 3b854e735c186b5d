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
        RuleCatalog catalog = new([new RuleBlock(10, four), new RuleBlock(1, empty), new RuleBlock(1, two)]);
        for (long number = 0; number < 20; number++)
        {
            SecurityGroupRule? expected = number is 1 or 2 ? two.Rules[(int)number - 1] : number is >= 10 and < 14 ? four.Rules[(int)number - 10] : null;
            Assert.Equal(expected is not null, catalog.TryGetRule(number, out RuleReference? found));
            Assert.Equal(expected, found?.Rule);
        }
    }

    [Fact]
    public void TryGetRule_EmptyCatalog_FindsNone() => Assert.False(RuleCatalog.Empty.TryGetRule(1, out _));
}
