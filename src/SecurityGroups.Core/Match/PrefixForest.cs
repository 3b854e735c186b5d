namespace SecurityGroups.Match;

/// <summary>
/// The distinct prefixes of a table with the prefix each lies in: finds every prefix that covers a piece of the addresses. Immutable, any
/// thread, no allocation.
/// </summary>
/// <remarks>
/// Cold: for naming rules, where the allow sets only know the union. Parents lead to the shorter prefixes: a step for each that covers.
/// </remarks>
/// <param name="longest">For each piece the longest prefix that covers it, or <see cref="None"/>.</param>
/// <param name="parents">For each prefix the longest other one that covers it, or <see cref="None"/>.</param>
/// <param name="lengths">The length of each prefix.</param>
internal sealed class PrefixForest(int[] longest, int[] parents, byte[] lengths)
{
    /// <summary>No prefix.</summary>
    public const int None = -1;

    public long Octets => ((longest.LongLength + parents.Length) * sizeof(int)) + lengths.Length;

    /// <summary>The longest prefix that covers a piece, or <see cref="None"/>.</summary>
    public int Longest(int piece) => longest[piece];

    /// <summary>The next shorter prefix that covers the same addresses, or <see cref="None"/>.</summary>
    public int Parent(int prefix) => parents[prefix];

    /// <summary>How many bits a prefix has.</summary>
    public int LengthOf(int prefix) => lengths[prefix];
}
