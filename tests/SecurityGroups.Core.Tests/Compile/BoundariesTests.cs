using FsCheck.Xunit;
using SecurityGroups.Compile;

namespace SecurityGroups.Tests.Compile;

public sealed class BoundariesTests
{
    private const int End = 120;

    [Property(MaxTest = 500)]
    public void Union_TwoSets_AgreesWithBools(int seed)
    {
        Random random = new(seed);
        bool[] left = RandomSet(random, out List<int> leftBoundaries);
        bool[] right = RandomSet(random, out List<int> rightBoundaries);
        List<int> union = [];
        Boundaries.Union(Boundaries.AsSpan(leftBoundaries), Boundaries.AsSpan(rightBoundaries), union);
        Assert.Equal(0, union.Count % 2);
        Assert.Equal(union.Distinct().Order(), union);
        for (int service = 0; service < End; service++)
        {
            Assert.Equal(left[service] || right[service], union.Count(boundary => boundary <= service) % 2 == 1);
        }
    }

    [Property(MaxTest = 500)]
    public void Covers_AnyRange_AgreesWithBools(int seed)
    {
        Random random = new(seed);
        bool[] set = RandomSet(random, out List<int> boundaries);
        int low = random.Next(End);
        int high = random.Next(low, End);
        Assert.Equal(set.AsSpan(low..(high + 1)).IndexOf(false) < 0, Boundaries.Covers(Boundaries.AsSpan(boundaries), new ServiceRange(low, high)));
    }

    private static bool[] RandomSet(Random random, out List<int> boundaries)
    {
        bool[] set = new bool[End];
        ServiceRange[] ranges = [.. Enumerable.Range(0, random.Next(8)).Select(_ =>
        {
            int low = random.Next(End);
            return new ServiceRange(low, random.Next(low, Math.Min(low + 20, End)));
        })];
        foreach (ServiceRange range in ranges)
        {
            set.AsSpan(range.Low..(range.High + 1)).Fill(true);
        }

        boundaries = [];
        Boundaries.Union(ranges, boundaries);
        return set;
    }
}
