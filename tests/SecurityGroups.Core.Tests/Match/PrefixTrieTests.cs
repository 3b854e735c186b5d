using System.Runtime.CompilerServices;
using FsCheck.Xunit;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class PrefixTrieTests
{
    [Property(MaxTest = 400)]
    public void Lookup_AnyPrefixes_AgreesWithLookingAtEach(int seed, bool wide)
    {
        Random random = new(seed);
        Ethertype ethertype = wide ? Ethertype.IPv6 : Ethertype.IPv4;
        Prefix[] prefixes = [.. Enumerable.Range(0, random.Next(60)).Select(_ => PrefixModel.Prefix(random, ethertype)).Distinct()];
        AssertAgrees(prefixes, random, ethertype);
    }

    [Theory]
    [InlineData(Ethertype.IPv4)]
    [InlineData(Ethertype.IPv6)]
    public void Lookup_EveryLengthNested_FindsTheLongest(Ethertype ethertype)
    {
        Random random = new(1);
        UInt128 address = PrefixModel.Address(random, ethertype);
        int width = PrefixModel.WidthOf(ethertype);
        Prefix[] prefixes = [.. Enumerable.Range(0, width + 1).Select(length => new Prefix(ethertype, address & PrefixModel.Mask(width, length), length))];
        AssertAgrees(prefixes, random, ethertype);
    }

    [Theory]
    [InlineData(Ethertype.IPv4)]
    [InlineData(Ethertype.IPv6)]
    public void Lookup_ManyAdjacentAddresses_FindsEach(Ethertype ethertype)
    {
        int width = PrefixModel.WidthOf(ethertype);
        UInt128 network = (UInt128)10 << (width - 8);
        Prefix[] prefixes = [.. Enumerable.Range(0, 3000).Select(i => new Prefix(ethertype, network + (UInt128)(uint)(i * 3), width))];
        PrefixTrie trie = PrefixModel.Trie(prefixes, ethertype);
        for (int i = 0; i < 9000; i++)
        {
            Assert.Equal(i % 3 == 0 ? (uint)(i / 3) + 1 : 0, trie.Lookup(network + (UInt128)(uint)i));
        }
    }

    [Fact]
    public void Lookup_PrefixesAcrossTheHalvesOfIPv6_AgreesWithLookingAtEach()
    {
        Random random = new(3);
        UInt128 network = (UInt128)0x20010db8_00000000 << 64;
        Prefix[] prefixes = [.. Enumerable.Range(0, 600).Select(i =>
        {
            int length = 52 + random.Next(24);
            UInt128 bits = network | ((UInt128)(uint)random.Next(1 << 16) << 50);
            return new Prefix(Ethertype.IPv6, bits & PrefixModel.Mask(128, length), length);
        }).Distinct()];
        AssertAgrees(prefixes, random, Ethertype.IPv6);
    }

    [Fact]
    public void Octets_SparseHosts_StayUnderTwoHundredEach()
    {
        Random random = new(4);
        foreach (Ethertype ethertype in Enum.GetValues<Ethertype>())
        {
            Prefix[] prefixes = [.. Enumerable.Range(0, 20_000).Select(_ =>
                new Prefix(ethertype, ((UInt128)(ulong)random.NextInt64() << 64 | (UInt128)(ulong)random.NextInt64()) & PrefixModel.Mask(PrefixModel.WidthOf(ethertype), PrefixModel.WidthOf(ethertype)), PrefixModel.WidthOf(ethertype))).Distinct()];
            Assert.InRange(PrefixModel.Trie(prefixes, ethertype).Octets, prefixes.Length * 8L, prefixes.Length * 200L);
        }
    }

    [Fact]
    public void Octets_CountRootNodesAndEntries() =>
        Assert.Equal((2 * 4) + (3 * 4) + 64 + Unsafe.SizeOf<TrieNode>(), new PrefixTrie(false, 0, 0, 0, [1, 2], [default], [3, 4, 5]).Octets);

    private static void AssertAgrees(Prefix[] prefixes, Random random, Ethertype ethertype)
    {
        PrefixTrie trie = PrefixModel.Trie(prefixes, ethertype);
        foreach (UInt128 address in PrefixModel.Probes(prefixes, random, ethertype))
        {
            Assert.Equal(PrefixModel.Longest(prefixes, address) + 1, (int)trie.Lookup(address));
        }
    }
}
