using FsCheck.Xunit;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class RankTreeTests
{
    /// <summary>Around what fills one level of nodes, two levels, and so on.</summary>
    public static TheoryData<int> Sizes => [0, 1, 7, 8, 9, 15, 16, 17, 71, 72, 73, 271, 272, 273, 647, 648, 649, 4623, 4624, 4625, 5832, 5833, 78_608, 78_609];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void CountBelow_EveryKeyAndItsNeighbours_IsItsPlace(int size)
    {
        int[] narrow = [.. Enumerable.Range(0, size).Select(i => int.MinValue + 1 + (i * 3))];
        UInt128[] wide = [.. Enumerable.Range(0, size).Select(i => ((UInt128)i << 63) + 1)];
        RankTree<NarrowNode, int> narrowTree = new(narrow);
        RankTree<WideNode, WideKey> wideTree = Wide(wide);
        for (int i = 0; i < size; i++)
        {
            Assert.Equal(i, narrowTree.CountBelow(narrow[i] - 1));
            Assert.Equal(i, narrowTree.CountBelow(narrow[i]));
            Assert.Equal(i + 1, narrowTree.CountBelow(narrow[i] + 1));
            Assert.Equal(i, wideTree.CountBelow(new WideKey(wide[i] - 1)));
            Assert.Equal(i, wideTree.CountBelow(new WideKey(wide[i])));
            Assert.Equal(i + 1, wideTree.CountBelow(new WideKey(wide[i] + 1)));
        }

        Assert.Equal(0, narrowTree.CountBelow(int.MinValue));
        Assert.Equal(size, narrowTree.CountBelow(int.MaxValue));
        Assert.Equal(0, wideTree.CountBelow(new WideKey(0)));
        Assert.Equal(size, wideTree.CountBelow(new WideKey(UInt128.MaxValue)));
    }

    [Property(MaxTest = 200)]
    public void CountBelow_AnyKeys_AgreesWithCounting(int seed)
    {
        Random random = new(seed);
        UInt128[] keys = [.. Enumerable.Range(0, random.Next(700)).Select(_ => PrefixModel.Address(random, Ethertype.IPv6)).Distinct().Order()];
        int[] narrow = [.. keys.Select(key => (int)(uint)key).Distinct().Order()];
        RankTree<NarrowNode, int> narrowTree = new(narrow);
        RankTree<WideNode, WideKey> wideTree = Wide(keys);
        for (int i = 0; i < 200; i++)
        {
            UInt128 key = PrefixModel.Address(random, Ethertype.IPv6);
            Assert.Equal(narrow.Count(other => other < (int)(uint)key), narrowTree.CountBelow((int)(uint)key));
            Assert.Equal(keys.Count(other => other < key), wideTree.CountBelow(new WideKey(key)));
        }
    }

    /// <summary>The highest key fills up nodes, so it must count as below nothing even where it is meant.</summary>
    [Fact]
    public void CountBelow_OfTheHighestKey_CountsAllOthers()
    {
        Assert.Equal(2, new RankTree<NarrowNode, int>([1, 2, int.MaxValue]).CountBelow(int.MaxValue));
        Assert.Equal(2, Wide([1, 2, UInt128.MaxValue]).CountBelow(new WideKey(UInt128.MaxValue)));
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
    [InlineData(1, 1, 1)]
    [InlineData(16, 1, 1)]
    [InlineData(17, 3, 2)]
    [InlineData(272, 18, 2)]
    [InlineData(273, 21, 3)]
    public void Octets_AreThoseOfTheNodesOfEachLevel(int size, int nodes, int levels) =>
        Assert.Equal(((nodes + 1) * 64) + (levels * 4), new RankTree<NarrowNode, int>(new int[size]).Octets);

    private static RankTree<WideNode, WideKey> Wide(UInt128[] keys) => new(Array.ConvertAll(keys, key => new WideKey(key)));

    private static UInt128 FewHalves(Random random) => new(Half(random), Half(random));

    private static ulong Half(Random random) => random.Next(4) switch { 0 => 0, 1 => ulong.MaxValue, 2 => 1ul << 63, _ => (ulong)random.Next(4) };
}
