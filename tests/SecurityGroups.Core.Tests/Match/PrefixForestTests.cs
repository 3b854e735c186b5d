using FsCheck.Xunit;
using SecurityGroups.Compile;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class PrefixForestTests
{
    [Property(MaxTest = 200)]
    public void Longest_AndItsParents_AreThePrefixesThatCover(int seed, bool wide)
    {
        Random random = new(seed);
        Ethertype ethertype = wide ? Ethertype.IPv6 : Ethertype.IPv4;
        Prefix[] prefixes = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => PrefixModel.Prefix(random, ethertype)).Distinct()];
        PrefixRow[] rows = Rows(prefixes, ethertype);
        PrefixForest forest = Forest(rows, ethertype);
        foreach (UInt128 address in PrefixModel.Probes(prefixes, random, ethertype))
        {
            int[] expected = [.. prefixes.Where(prefix => prefix.Covers(address)).Select(prefix => prefix.Length).OrderDescending()];
            Assert.Equal(expected, Covering(forest, address).Select(forest.LengthOf));
            Assert.All(Covering(forest, address), prefix => Assert.True(prefixes[rows[prefix].Row.Rule].Covers(address)));
        }
    }

    [Fact]
    public void Octets_OfBothFamilies_CountTheirArrays()
    {
        // One prefix makes three pieces: before, within, behind.
        Assert.Equal((3 * (4 + 4)) + 4 + 1, Forest(Rows([new Prefix(Ethertype.IPv4, 0x0A000000, 8)], Ethertype.IPv4), Ethertype.IPv4).Octets);
        Assert.Equal((3 * (16 + 4)) + 4 + 1, Forest(Rows([new Prefix(Ethertype.IPv6, (UInt128)10 << 120, 8)], Ethertype.IPv6), Ethertype.IPv6).Octets);
    }

    private static List<int> Covering(PrefixForest forest, UInt128 address)
    {
        List<int> found = [];
        for (int prefix = forest.Longest(address); prefix != PrefixForest.None; prefix = forest.Parent(prefix))
        {
            found.Add(prefix);
        }

        return found;
    }

    private static PrefixRow[] Rows(Prefix[] prefixes, Ethertype ethertype)
    {
        PrefixRow[] rows = [.. prefixes.Select((prefix, i) =>
            new PrefixRow(PrefixRow.LeftAligned(ethertype, prefix.Bits), (byte)prefix.Length, new RuleRow(0, 0, i)))];
        Array.Sort(rows);
        return rows;
    }

    private static PrefixForest Forest(PrefixRow[] rows, Ethertype ethertype)
    {
        PrefixSweep sweep = PrefixSweep.Over(rows);
        return new PrefixForest(ethertype, [.. sweep.Starts], [.. sweep.Longest], sweep.Parents, [.. rows.Select(row => row.PrefixLength)]);
    }
}
