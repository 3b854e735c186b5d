using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>The ranges of a datagram against one flag for each of its octets.</summary>
public sealed class FragmentRangesTests
{
    private const int Octets = 400;

    [Fact]
    public void TryAdd_RandomRanges_IsTheSetOfOctets()
    {
        Random random = new(1);
        for (int run = 0; run < 2_000; run++)
        {
            FragmentRanges ranges = default;
            bool[] model = new bool[Octets];
            for (int i = 0; i < 20; i++)
            {
                int start = random.Next(Octets / 8) * 8;
                int end = Math.Min(Octets, start + 1 + random.Next(random.Next(2) == 0 ? 9 : 100));
                Assert.Equal(model.AsSpan(start..end).Contains(true), ranges.Overlap(start, end));
                Assert.Equal(!model.AsSpan(start..end).Contains(false), ranges.Cover(start, end));
                bool[] after = [.. model];
                after.AsSpan(start..end).Fill(true);
                bool fits = Count(after) <= FragmentRanges.Most;
                Assert.Equal(fits, ranges.TryAdd(start, end));
                model = fits ? after : model;
                Assert.Equal(Array.LastIndexOf(model, true) + 1, ranges.End);
                Assert.Equal(Count(model) == 1 && model[0], ranges.Are(ranges.End));
            }
        }
    }

    [Fact]
    public void Default_HoldsNothing()
    {
        FragmentRanges ranges = default;
        Assert.False(ranges.Overlap(0, 65_535) || ranges.Cover(0, 1) || ranges.Are(8));
        Assert.Equal(0, ranges.End);
    }

    [Fact]
    public void TryAdd_UpToTheLargestDatagram_IsWhole()
    {
        FragmentRanges ranges = default;
        Assert.True(ranges.TryAdd(65_528, 65_535) && ranges.TryAdd(0, 65_528));
        Assert.True(ranges.Are(65_535));
    }

    private static int Count(bool[] octets) => octets.Where((octet, i) => octet && (i == 0 || !octets[i - 1])).Count();
}
