using SecurityGroups.Compile;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

/// <summary>Random prefixes that nest and touch, and longest-prefix match by looking at every one of them.</summary>
internal static class PrefixModel
{
    public static int WidthOf(Ethertype ethertype) => ethertype == Ethertype.IPv4 ? 32 : 128;

    /// <summary>An address near the others that the same generator makes: few distinct octets, so that prefixes share long paths.</summary>
    public static UInt128 Address(Random random, Ethertype ethertype)
    {
        UInt128 bits = 0;
        int octets = WidthOf(ethertype) / 8;
        int common = random.Next(octets + 1);
        for (int i = 0; i < octets; i++)
        {
            int octet = i < common ? 10 : random.Next(4) switch { 0 => 0, 1 => 255, 2 => random.Next(4), _ => random.Next(256) };
            bits = (bits << 8) | (UInt128)(uint)octet;
        }

        return bits;
    }

    public static Prefix Prefix(Random random, Ethertype ethertype)
    {
        int width = WidthOf(ethertype);
        int length = random.Next(4) == 0 ? width : random.Next(width + 1);
        return new Prefix(ethertype, Address(random, ethertype) & Mask(width, length), length);
    }

    public static UInt128 Mask(int width, int length)
    {
        UInt128 all = width == 32 ? uint.MaxValue : UInt128.MaxValue;
        return length == 0 ? 0 : all & (UInt128.MaxValue << (width - length));
    }

    /// <summary>Addresses worth asking about: both ends of every prefix, their neighbours, and random ones.</summary>
    public static IEnumerable<UInt128> Probes(IEnumerable<Prefix> prefixes, Random random, Ethertype ethertype)
    {
        UInt128 all = Mask(WidthOf(ethertype), WidthOf(ethertype));
        foreach (Prefix prefix in prefixes)
        {
            yield return prefix.Bits;
            yield return prefix.Last;
            yield return (prefix.Bits - 1) & all;
            yield return (prefix.Last + 1) & all;
        }

        for (int i = 0; i < 50; i++)
        {
            yield return Address(random, ethertype);
        }
    }

    /// <summary>The index of the longest prefix that covers an address, or -1.</summary>
    public static int Longest(IReadOnlyList<Prefix> prefixes, UInt128 address)
    {
        int best = -1;
        for (int i = 0; i < prefixes.Count; i++)
        {
            best = prefixes[i].Covers(address) && (best < 0 || prefixes[i].Length > prefixes[best].Length) ? i : best;
        }

        return best;
    }

    /// <summary>The pieces that prefixes cut addresses into, and for each the index of the longest prefix there, or -1.</summary>
    public static (AddressPieces Pieces, int[] Longest) Pieces(IReadOnlyList<Prefix> prefixes, Ethertype ethertype)
    {
        PrefixRow[] rows = [.. prefixes.Select((prefix, i) =>
            new PrefixRow(PrefixRow.LeftAligned(ethertype, prefix.Bits), (byte)prefix.Length, new RuleRow(0, 0, i)))];
        Array.Sort(rows);
        PrefixSweep sweep = PrefixSweep.Over(rows);
        return (sweep.Pieces(ethertype), [.. sweep.Longest.Select(row => row < 0 ? -1 : rows[row].Row.Rule)]);
    }
}

/// <summary>A prefix as a test states it.</summary>
internal sealed record Prefix(Ethertype Ethertype, UInt128 Bits, int Length)
{
    public UInt128 Last => Bits | (PrefixModel.Mask(Width, Width) & ~PrefixModel.Mask(Width, Length));

    public Cidr Cidr => new(Ethertype, Bits, Length, $"{AddressBits.ToIPAddress(Bits, Ethertype)}/{Length}");

    private int Width => PrefixModel.WidthOf(Ethertype);

    public bool Covers(UInt128 address) => (address & PrefixModel.Mask(Width, Length)) == Bits;
}
