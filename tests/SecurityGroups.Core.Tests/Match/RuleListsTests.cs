using FsCheck.Xunit;
using SecurityGroups.Compile;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class RuleListsTests
{
    [Property(MaxTest = 300)]
    public void Find_AnyLists_AgreesWithTheFirstRuleThatAllows(int seed)
    {
        Random random = new(seed);
        RuleRow[][] all = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => RandomList(random))];
        RuleListsBuilder builder = new();
        foreach (RuleRow[] rows in all)
        {
            builder.Add(rows);
        }

        RuleLists lists = builder.Build();
        for (int list = 0; list < all.Length; list++)
        {
            for (int service = 0; service < 600; service++)
            {
                Assert.Equal(Expected(all[list], service), lists.Find(list, service));
            }
        }
    }

    [Fact]
    public void Find_LastServiceOfAnyProtocol_IsFound()
    {
        RuleListsBuilder builder = new();
        builder.Add([.. Enumerable.Range(0, 40).Select(rule => new RuleRow(rule, MatchKey.ServiceEnd - 1 - rule, rule))]);
        Assert.Equal(0, builder.Build().Find(0, MatchKey.ServiceEnd - 1));
    }

    private static RuleRow[] RandomList(Random random) => [.. Enumerable.Range(0, random.Next(1 << random.Next(8))).Select(rule =>
    {
        int low = random.Next(500);
        return new RuleRow(low, low + random.Next(1 << random.Next(8)), rule * 3);
    })];

    private static int Expected(RuleRow[] rows, int service)
    {
        foreach (RuleRow row in rows)
        {
            if (row.Low <= service && service <= row.High)
            {
                return row.Rule;
            }
        }

        return RuleLists.None;
    }
}
