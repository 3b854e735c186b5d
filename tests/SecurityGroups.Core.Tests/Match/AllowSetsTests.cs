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
        AssertEqual(expected, builder, set);
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

        AssertEqual(Expected([.. all]), builder, set);
    }

    /// <summary>Many boundaries are not copied into a set of few.</summary>
    [Fact]
    public void Contains_OfASetThatContinues_IsInAnyOfThem()
    {
        AllowSetBuilder builder = new();
        int[] many = [.. Enumerable.Range(1, 20).SelectMany(i => (int[])[i * 10, (i * 10) + 1])];
        int set = builder.Extend(builder.Extend(0, many), [25, 26]);
        Assert.NotEqual(0, builder.NextOf(set));
        AssertEqual(Expected([new ServiceRange(25, 25), .. Enumerable.Range(1, 20).Select(i => new ServiceRange(i * 10, i * 10))]), builder, set);
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
    public void Contains_EveryOtherPort_AgreesAtAnyCount(int count)
    {
        ServiceRange[] ranges = [.. Enumerable.Range(0, count).Select(i => new ServiceRange(i * 2, i * 2))];
        AllowSetBuilder builder = new();
        int set = Intern(builder, ranges);
        AssertEqual(Expected(ranges), builder, set);
    }

    [Fact]
    public void Contains_AnyProtocol_HoldsForTheLastService()
    {
        AllowSetBuilder builder = new();
        int set = Intern(builder, [new ServiceRange(0, MatchKey.ServiceEnd - 1)]);
        Assert.True(AllowSetLayout.TryLayMatrix(builder, out AllowMatrix? matrix));
        foreach (AllowSets sets in new AllowSets[] { new(matrix), new(AllowSetLayout.LayLists(builder)) })
        {
            Assert.True(sets.Contains(set, MatchKey.ServiceOf(255, ushort.MaxValue)));
            Assert.True(sets.Contains(set, 0));
            Assert.False(sets.Contains(0, MatchKey.ServiceOf(255, ushort.MaxValue)));
            Assert.False(sets.Contains(0, 0));
        }
    }

    /// <summary>So many sets that the bound on the columns holds: one more boundary, and lists are taken.</summary>
    [Fact]
    public void Lay_OneColumnTooMany_TakesLists()
    {
        AllowSetBuilder builder = new();
        int[] boundaries = [.. Enumerable.Range(1, AllowSetLayout.FewColumns - 1)];
        for (int i = 0; i < boundaries.Length - 1; i++)
        {
            builder.Extend(0, boundaries.AsSpan(i % 2, 2 + (i / 2 * 2)));
        }

        Assert.True(builder.Count > AllowSetLayout.FewBits / AllowSetLayout.FewColumns);
        Assert.True(AllowSetLayout.TryLayMatrix(builder, out AllowMatrix? matrix));
        Assert.Equal(matrix.Octets, AllowSetLayout.Lay(builder).Octets);
        int set = builder.Extend(0, [1, 1000]);
        Assert.False(AllowSetLayout.TryLayMatrix(builder, out _));
        Assert.Equal(AllowSetLayout.LayLists(builder).Octets, AllowSetLayout.Lay(builder).Octets);
        AssertEqual(Expected([new ServiceRange(1, 999)]), builder, set);
    }

    /// <summary>Any number of columns is a matrix while it is small.</summary>
    [Fact]
    public void Lay_FewSetsOfManyRanges_TakesAMatrix()
    {
        AllowSetBuilder builder = new();
        int set = builder.Extend(0, [.. Enumerable.Range(1, 30_000)]);
        Assert.True(AllowSetLayout.TryLayMatrix(builder, out _));
        AssertEqual(Expected([.. Enumerable.Range(0, 15_000).Select(i => new ServiceRange((i * 2) + 1, (i * 2) + 1))]), builder, set);
    }

    [Fact]
    public void Octets_OfBothForms_CountTheirParts()
    {
        Assert.Equal(64 + 64 + (2 * 4), new AllowMatrix([5], [0, 2]).Octets);
        Assert.Equal((2 + 3 + 2) * 4, new AllowLists([1, 2], [0, 0, 2], [0, 0]).Octets);
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

    /// <summary>In the form that suits, as lists, and as a matrix where there is one.</summary>
    private static void AssertEqual(bool[] expected, AllowSetBuilder builder, int set)
    {
        AssertEqual(expected, AllowSetLayout.Lay(builder), set);
        AssertEqual(expected, new AllowSets(AllowSetLayout.LayLists(builder)), set);
        if (AllowSetLayout.TryLayMatrix(builder, out AllowMatrix? matrix))
        {
            AssertEqual(expected, new AllowSets(matrix), set);
        }
    }

    private static void AssertEqual(bool[] expected, AllowSets sets, int set)
    {
        AssertEqualInBursts(expected, sets, set);
        for (int service = 0; service < expected.Length; service++)
        {
            if (expected[service] != sets.Contains(set, service))
            {
                Assert.Fail($"Service {service} should be {expected[service]}.");
            }
        }
    }

    /// <summary>In bursts of every length, that hold the service in the empty set, too.</summary>
    private static void AssertEqualInBursts(bool[] expected, AllowSets sets, int set)
    {
        Burst<int> services = default;
        Burst<int> rows = default;
        foreach ((int start, int length) in BurstRuns.Cut(expected.Length))
        {
            uint bits = 0;
            for (int i = 0; i < length; i++)
            {
                services[i] = start + i;
                rows[i] = (start + i) % 5 == 0 ? 0 : set;
                bits |= (expected[start + i] && rows[i] == set ? 1u : 0) << i;
            }

            Assert.Equal(bits, sets.Contains(ref rows, ref services, length));
        }
    }
}
