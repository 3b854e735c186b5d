using FsCheck.Xunit;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class RankTreeTests
{
    /// <summary>Around what fills the top, a level below it, two levels, and so on: of nodes of 8, then of 16.</summary>
    public static TheoryData<int> Sizes =>
        [0, 1, 7, 8, 9, 15, 16, 17, 18, 24, 25, 31, 32, 33, 34, 48, 49, 136, 137, 138, 528, 529, 530, 1224, 1225, 1226, 8976, 8977, 8978, 11_016, 11_017, 152_592, 152_593];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void CountBelow_EveryKeyAndItsNeighbours_IsItsPlace(int size)
    {
        int[] narrow = [.. Enumerable.Range(0, size).Select(i => int.MinValue + 1 + (i * 3))];
        UInt128[] wide = [.. Enumerable.Range(0, size).Select(i => ((UInt128)i << 63) + 1)];
        int[] expected = [.. Enumerable.Range(0, size).SelectMany(i => (int[])[i, i, i + 1]), 0, size];
        AssertCounts(new RankTree<NarrowNode, int>(narrow), [.. narrow.SelectMany(key => (int[])[key - 1, key, key + 1]), int.MinValue, int.MaxValue], expected);
        AssertCounts(Wide(wide), [.. wide.SelectMany(key => (UInt128[])[key - 1, key, key + 1]), 0, UInt128.MaxValue], expected);
    }

    [Property(MaxTest = 200)]
    public void CountBelow_AnyKeys_AgreesWithCounting(int seed)
    {
        Random random = new(seed);
        UInt128[] keys = [.. Enumerable.Range(0, random.Next(700)).Select(_ => PrefixModel.Address(random, Ethertype.IPv6)).Distinct().Order()];
        int[] narrow = [.. keys.Select(key => (int)(uint)key).Distinct().Order()];
        UInt128[] probes = [.. Enumerable.Range(0, 200).Select(_ => PrefixModel.Address(random, Ethertype.IPv6))];
        int[] narrowProbes = Array.ConvertAll(probes, probe => (int)(uint)probe);
        AssertCounts(new RankTree<NarrowNode, int>(narrow), narrowProbes, Array.ConvertAll(narrowProbes, probe => narrow.Count(key => key < probe)));
        AssertCounts(Wide(keys), probes, Array.ConvertAll(probes, probe => keys.Count(key => key < probe)));
    }

    /// <summary>Halves that are often equal, at either end of their range, or on either side of its middle.</summary>
    [Property(MaxTest = 200)]
    public void CountBelow_AnyHalves_AgreesWithCounting(int seed)
    {
        Random random = new(seed);
        UInt128[] keys = [.. Enumerable.Range(0, random.Next(40)).Select(_ => FewHalves(random)).Distinct().Order()];
        UInt128[] probes = [.. Enumerable.Range(0, 100).Select(_ => FewHalves(random))];
        AssertCounts(Wide(keys), probes, Array.ConvertAll(probes, probe => keys.Count(key => key < probe)));
    }

    /// <summary>The highest key fills up nodes, so it must count as below nothing even where it is meant.</summary>
    [Fact]
    public void CountBelow_OfTheHighestKey_CountsAllOthers()
    {
        AssertCounts(new RankTree<NarrowNode, int>([1, 2, int.MaxValue]), [int.MaxValue], [2]);
        AssertCounts(Wide([1, 2, UInt128.MaxValue]), [UInt128.MaxValue], [2]);
    }

    [Fact]
    public void CountBelow_AnyVectorWidth_CountsEachKey()
    {
        Random random = new(1);
        for (int run = 0; run < 2000; run++)
        {
            NarrowNode narrow = NarrowNode.Empty;
            WideNode wide = WideNode.Empty;
            int[] keys = [.. Enumerable.Range(0, random.Next(NarrowNode.Keys + 1)).Select(_ => random.Next(-20, 20)).Order()];
            UInt128[] wideKeys = [.. Enumerable.Range(0, random.Next(WideNode.Keys + 1)).Select(_ => FewHalves(random)).Order()];
            for (int i = 0; i < keys.Length; i++)
            {
                narrow.Set(i, keys[i]);
            }

            for (int i = 0; i < wideKeys.Length; i++)
            {
                wide.Set(i, new WideKey(wideKeys[i]));
            }

            int key = random.Next(-21, 21);
            int expected = keys.Count(other => other < key);
            Assert.Equal(expected, NarrowNode.CountBelow512(ref narrow, key));
            Assert.Equal(expected, NarrowNode.CountBelow256(ref narrow, key));
            Assert.Equal(expected, NarrowNode.CountBelow128(ref narrow, key));
            UInt128 wideKey = FewHalves(random);
            expected = wideKeys.Count(other => other < wideKey);
            Assert.Equal(expected, WideNode.CountBelow512(ref wide, new WideKey(wideKey)));
            Assert.Equal(expected, WideNode.CountBelow256(ref wide, new WideKey(wideKey)));
            Assert.Equal(expected, WideNode.CountBelow128(ref wide, new WideKey(wideKey)));
        }
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 1, 0)]
    [InlineData(16, 1, 0)]
    [InlineData(17, 2, 0)]
    [InlineData(32, 2, 0)]
    [InlineData(33, 1 + 3, 1)]
    [InlineData(528, 2 + 33, 1)]
    [InlineData(529, 1 + 2 + 34, 2)]
    public void Octets_AreThoseOfTheTopAndOfEachLevel(int size, int nodes, int levels) =>
        Assert.Equal(((nodes + 1) * 64) + (levels * 4), new RankTree<NarrowNode, int>(new int[size]).Octets);

    private static void AssertCounts(RankTree<WideNode, WideKey> tree, UInt128[] keys, int[] expected) =>
        AssertCounts(tree, Array.ConvertAll(keys, key => new WideKey(key)), expected);

    /// <summary>One by one and in bursts, with whatever an earlier burst left behind the last key.</summary>
    private static void AssertCounts<TNode, TKey>(RankTree<TNode, TKey> tree, TKey[] keys, int[] expected)
        where TNode : unmanaged, IRankNode<TNode, TKey>
    {
        Assert.Equal(expected, Array.ConvertAll(keys, key => tree.CountBelow(key)));
        Burst<TKey> burst = default;
        Burst<int> counts = default;
        foreach ((int start, int length) in BurstRuns.Cut(keys.Length))
        {
            keys.AsSpan(start, length).CopyTo(burst);
            tree.CountBelow(ref burst, length, ref counts);
            Assert.Equal(expected.AsSpan(start, length), counts[..length]);
        }
    }

    private static RankTree<WideNode, WideKey> Wide(UInt128[] keys) => new(Array.ConvertAll(keys, key => new WideKey(key)));

    private static UInt128 FewHalves(Random random) => new(Half(random), Half(random));

    private static ulong Half(Random random) => random.Next(4) switch { 0 => 0, 1 => ulong.MaxValue, 2 => 1ul << 63, _ => (ulong)random.Next(4) };
}
