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
        PrefixSweep sweep = PrefixSweep.Over(rows);
        AddressPieces pieces = sweep.Pieces(ethertype);
        PrefixForest forest = Forest(rows, sweep);
        foreach (UInt128 address in PrefixModel.Probes(prefixes, random, ethertype))
        {
            int[] expected = [.. prefixes.Where(prefix => prefix.Covers(address)).Select(prefix => prefix.Length).OrderDescending()];
            Assert.Equal(expected, Covering(forest, pieces.Find(address)).Select(forest.LengthOf));
            Assert.All(Covering(forest, pieces.Find(address)), prefix => Assert.True(prefixes[rows[prefix].Row.Rule].Covers(address)));
        }
    }

    // One prefix makes three pieces: before, within, behind.
    [Fact]
    public void Octets_CountTheArrays()
    {
        PrefixRow[] rows = Rows([new Prefix(Ethertype.IPv4, 0x0A000000, 8)], Ethertype.IPv4);
        Assert.Equal((3 * 4) + 4 + 1, Forest(rows, PrefixSweep.Over(rows)).Octets);
    }

    private static List<int> Covering(PrefixForest forest, int piece)
    {
        List<int> found = [];
        for (int prefix = forest.Longest(piece); prefix != PrefixForest.None; prefix = forest.Parent(prefix))
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

    private static PrefixForest Forest(PrefixRow[] rows, PrefixSweep sweep) =>
        new([.. sweep.Longest], sweep.Parents, [.. rows.Select(row => row.PrefixLength)]);
}
