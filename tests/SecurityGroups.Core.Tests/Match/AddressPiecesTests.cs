using FsCheck.Xunit;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class AddressPiecesTests
{
    [Property(MaxTest = 400)]
    public void Find_AnyPrefixes_AgreesWithLookingAtEach(int seed, bool wide)
    {
        Random random = new(seed);
        Ethertype ethertype = wide ? Ethertype.IPv6 : Ethertype.IPv4;
        Prefix[] prefixes = [.. Enumerable.Range(0, random.Next(60)).Select(_ => PrefixModel.Prefix(random, ethertype)).Distinct()];
        AssertAgrees(prefixes, random, ethertype);
    }

    [Theory]
    [InlineData(Ethertype.IPv4)]
    [InlineData(Ethertype.IPv6)]
    public void Find_EveryLengthNested_FindsTheLongest(Ethertype ethertype)
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
    public void Find_TheLastAddress_IsItsPrefix(Ethertype ethertype)
    {
        int width = PrefixModel.WidthOf(ethertype);
        UInt128 last = PrefixModel.Mask(width, width);
        AssertAgrees([new Prefix(ethertype, last, width), new Prefix(ethertype, 0, width)], new Random(2), ethertype);
    }

    [Theory]
    [InlineData(Ethertype.IPv4)]
    [InlineData(Ethertype.IPv6)]
    public void Find_ManyAdjacentAddresses_FindsEach(Ethertype ethertype)
    {
        int width = PrefixModel.WidthOf(ethertype);
        UInt128 network = (UInt128)10 << (width - 8);
        Prefix[] prefixes = [.. Enumerable.Range(0, 3000).Select(i => new Prefix(ethertype, network + (UInt128)(uint)(i * 3), width))];
        (AddressPieces pieces, int[] longest) = PrefixModel.Pieces(prefixes, ethertype);
        for (int i = 0; i < 9000; i++)
        {
            Assert.Equal(i % 3 == 0 ? i / 3 : PrefixForest.None, longest[pieces.Find(network + (UInt128)(uint)i)]);
        }
    }

    [Fact]
    public void Find_PrefixesAcrossTheHalvesOfIPv6_AgreesWithLookingAtEach()
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

    /// <summary>Two pieces a host, a key a piece, and the levels above.</summary>
    [Theory]
    [InlineData(Ethertype.IPv4, 8, 9)]
    [InlineData(Ethertype.IPv6, 32, 37)]
    public void Octets_SparseHosts_AreTwoKeysEach(Ethertype ethertype, int least, int most)
    {
        Random random = new(4);
        int width = PrefixModel.WidthOf(ethertype);
        Prefix[] prefixes = [.. Enumerable.Range(0, 20_000).Select(_ =>
            new Prefix(ethertype, ((UInt128)(ulong)random.NextInt64() << 64 | (UInt128)(ulong)random.NextInt64()) & PrefixModel.Mask(width, width), width)).Distinct()];
        Assert.InRange(PrefixModel.Pieces(prefixes, ethertype).Pieces.Octets, prefixes.Length * least, prefixes.Length * most);
    }

    /// <summary>One by one and in bursts.</summary>
    private static void AssertAgrees(Prefix[] prefixes, Random random, Ethertype ethertype)
    {
        (AddressPieces pieces, int[] longest) = PrefixModel.Pieces(prefixes, ethertype);
        UInt128[] addresses = [.. PrefixModel.Probes(prefixes, random, ethertype)];
        foreach (UInt128 address in addresses)
        {
            Assert.Equal(PrefixModel.Longest(prefixes, address), longest[pieces.Find(address)]);
        }

        MatchKey[] keys = Array.ConvertAll(addresses, address => new MatchKey(default, ethertype, address, 6, 1));
        Burst<int> found = default;
        foreach ((int start, int length) in BurstRuns.Cut(keys.Length))
        {
            pieces.Find(keys.AsSpan(start, length), ref found);
            Assert.Equal(Array.ConvertAll(addresses[start..(start + length)], pieces.Find), found[..length]);
        }
    }
}
