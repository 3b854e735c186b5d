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

    [Theory]
    [InlineData(RuleLists.MaxScanned - 1)]
    [InlineData(RuleLists.MaxScanned)]
    [InlineData(RuleLists.MaxScanned + 1)]
    public void Find_ListAtTheScanningLimit_AgreesWithTheFirstRuleThatAllows(int count)
    {
        // Nested ranges, the widest first or last: as they are they cannot be searched.
        RuleRow[] outside = [.. Enumerable.Range(0, count).Select(rule => new RuleRow(rule, 100 - rule, rule))];
        RuleRow[] inside = [.. Enumerable.Range(0, count).Select(rule => new RuleRow(count - rule, 100 - count + rule, rule))];
        RuleListsBuilder builder = new();
        builder.Add(outside);
        builder.Add(inside);
        RuleLists lists = builder.Build();
        for (int service = -1; service < 103; service++)
        {
            Assert.Equal(Expected(outside, service), lists.Find(0, service));
            Assert.Equal(Expected(inside, service), lists.Find(1, service));
        }
    }

    [Fact]
    public void Octets_CountListsAndRows()
    {
        RuleListsBuilder builder = new();
        builder.Add([new RuleRow(1, 2, 0), new RuleRow(3, 4, 1)]);
        builder.Add([new RuleRow(5, 6, 2)]);
        Assert.Equal((3 * 4) + (3 * 12), builder.Build().Octets);
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
