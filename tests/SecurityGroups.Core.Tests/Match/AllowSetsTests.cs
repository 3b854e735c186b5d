using FsCheck.Xunit;
using SecurityGroups.Compile;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class AllowSetsTests
{
    [Property(MaxTest = 200)]
    public void Contains_AnyRanges_AgreesWithAnArrayOfBools(int seed)
    {
        Random random = new(seed);
        ServiceRange[] ranges = Ranges(random, random.Next(1 << random.Next(11)), random.Next(1, 4000));
        bool[] expected = Expected(ranges);
        AllowSetBuilder builder = new();
        int set = Intern(builder, ranges);
        AllowSets sets = builder.Build();
        AssertEqual(expected, sets, builder.DescriptorOf(set));
    }

    [Property(MaxTest = 100)]
    public void Contains_SetsThatContinue_AgreesWithTheirUnion(int seed)
    {
        Random random = new(seed);
        AllowSetBuilder builder = new();
        List<ServiceRange> all = [];
        int set = 0;
        for (int depth = random.Next(1, 6); depth > 0; depth--)
        {
            ServiceRange[] ranges = Ranges(random, random.Next(1, 1 << random.Next(1, 9)), 40);
            List<int> union = [];
            Boundaries.Union([.. ranges], union);
            set = builder.Extend(set, Boundaries.AsSpan(union));
            all.AddRange(ranges);
        }

        AssertEqual(Expected([.. all]), builder.Build(), builder.DescriptorOf(set));
    }

    /// <summary>More boundaries than a line holds are not copied into a set of few.</summary>
    [Fact]
    public void Contains_OfASetThatContinues_IsInAnyOfThem()
    {
        AllowSetBuilder builder = new();
        int[] many = [.. Enumerable.Range(1, 20).SelectMany(i => (int[])[i * 10, (i * 10) + 1])];
        int set = builder.Extend(builder.Extend(0, many), [25, 26]);
        AllowSets sets = builder.Build();
        Assert.All(
            Enumerable.Range(0, 500),
            service => Assert.Equal(service == 25 || (service % 10 == 0 && service is >= 10 and <= 200), sets.Contains(builder.DescriptorOf(set), service)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(136)]
    [InlineData(137)]
    [InlineData(2312)]
    [InlineData(2313)]
    [InlineData(32768)]
    public void Contains_EveryOtherPort_AgreesAtEachLevelCount(int count)
    {
        ServiceRange[] ranges = [.. Enumerable.Range(0, count).Select(i => new ServiceRange(i * 2, i * 2))];
        AllowSetBuilder builder = new();
        int set = Intern(builder, ranges);
        AssertEqual(Expected(ranges), builder.Build(), builder.DescriptorOf(set));
    }

    [Fact]
    public void Contains_AnyProtocol_HoldsForTheLastService()
    {
        AllowSetBuilder builder = new();
        int set = Intern(builder, [new ServiceRange(0, MatchKey.ServiceEnd - 1)]);
        AllowSets sets = builder.Build();
        Assert.True(sets.Contains(builder.DescriptorOf(set), MatchKey.ServiceOf(255, ushort.MaxValue)));
        Assert.True(sets.Contains(builder.DescriptorOf(set), 0));
        Assert.False(sets.Contains(0, 0));
    }

    [Fact]
    public void CountNotAbove_AnyVectorWidth_CountsEachBoundary()
    {
        Random random = new(1);
        for (int run = 0; run < 2000; run++)
        {
            int[] boundaries = [.. Enumerable.Range(0, AllowSets.LineBoundaries).Select(_ => random.Next(20)).Order()];
            AllowSets.Line line = default;
            boundaries.CopyTo((Span<int>)line);
            int service = random.Next(-1, 21);
            int expected = boundaries.Count(boundary => boundary <= service);
            Assert.Equal(expected, AllowSets.CountNotAbove512(ref line, service));
            Assert.Equal(expected, AllowSets.CountNotAbove256(ref line, service));
            Assert.Equal(expected, AllowSets.CountNotAbove128(ref line, service));
        }
    }

    [Fact]
    public void EmptyLine_IsAboveEveryService()
    {
        AllowSets.Line line = AllowSets.Line.Empty;
        Assert.All(((ReadOnlySpan<int>)line).ToArray(), boundary => Assert.Equal(AllowSets.Padding, boundary));
        Assert.Equal(2 * 64, new AllowSets([line]).Octets);
    }

    [Fact]
    public void Intern_EqualSets_AreOne()
    {
        AllowSetBuilder builder = new();
        int first = Intern(builder, [new ServiceRange(1, 5), new ServiceRange(6, 9)]);
        Assert.Equal(first, Intern(builder, [new ServiceRange(3, 9), new ServiceRange(1, 4)]));
        Assert.NotEqual(first, Intern(builder, [new ServiceRange(1, 8)]));
    }

    private static int Intern(AllowSetBuilder builder, ServiceRange[] ranges)
    {
        List<int> union = [];
        Boundaries.Union([.. ranges], union);
        return builder.Extend(0, Boundaries.AsSpan(union));
    }

    private static ServiceRange[] Ranges(Random random, int count, int maxLength) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        int low = random.Next(1 << 16);
        return new ServiceRange(low, Math.Min(low + random.Next(maxLength), ushort.MaxValue));
    })];

    private static bool[] Expected(ServiceRange[] ranges)
    {
        bool[] expected = new bool[1 << 16];
        foreach (ServiceRange range in ranges)
        {
            expected.AsSpan(range.Low..(range.High + 1)).Fill(true);
        }

        return expected;
    }

    private static void AssertEqual(bool[] expected, AllowSets sets, uint descriptor)
    {
        for (int service = 0; service < expected.Length; service++)
        {
            if (expected[service] != sets.Contains(descriptor, service))
            {
                Assert.Fail($"Service {service} should be {expected[service]}.");
            }
        }
    }
}
