using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>Makes an <see cref="AddressSet"/>.</summary>
internal static class AddressSetCompiler
{
    /// <param name="prefixes">Masked prefixes; an address is a prefix of its full length.</param>
    public static AddressSet Compile(IEnumerable<(Ethertype Ethertype, UInt128 Bits, int PrefixLength)> prefixes)
    {
        var byFamily = prefixes.ToLookup(prefix => prefix.Ethertype, prefix => (prefix.Bits, prefix.PrefixLength));
        return new AddressSet(
            CompileFamily(Ethertype.IPv4, [.. byFamily[Ethertype.IPv4].Distinct()]),
            CompileFamily(Ethertype.IPv6, [.. byFamily[Ethertype.IPv6].Distinct()]));
    }

    private static AddressSet.Family CompileFamily(Ethertype ethertype, (UInt128 Bits, int PrefixLength)[] prefixes)
    {
        if (prefixes.Length > AddressSet.MaxScanned)
        {
            return CompileMany(ethertype, prefixes);
        }

        int width = ethertype == Ethertype.IPv4 ? 32 : 128;
        return new AddressSet.Family(
            Array.ConvertAll(prefixes, prefix => (prefix.Bits, prefix.PrefixLength == 0 ? 0 : UInt128.MaxValue << (width - prefix.PrefixLength))),
            null,
            []);
    }

    private static AddressSet.Family CompileMany(Ethertype ethertype, (UInt128 Bits, int PrefixLength)[] prefixes)
    {
        PrefixRow[] rows = Array.ConvertAll(
            prefixes, prefix => new PrefixRow(PrefixRow.LeftAligned(ethertype, prefix.Bits), (byte)prefix.PrefixLength, default));
        Array.Sort(rows);
        PrefixSweep sweep = PrefixSweep.Over(rows);
        return new AddressSet.Family([], sweep.Pieces(ethertype), [.. sweep.Longest.Select(prefix => prefix != PrefixForest.None)]);
    }
}
