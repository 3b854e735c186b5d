using System.Numerics;

namespace SecurityGroups.Match;

/// <summary>
/// The distinct prefixes of a table with the prefix each lies in: finds every prefix that covers an address. Immutable, any thread, no
/// allocation.
/// </summary>
/// <remarks>
/// Address space cut where the longest covering prefix changes; a binary search finds the piece, parents lead to the shorter prefixes.
/// Cold: for naming rules, where the trie only knows the union. Cost: log2 of twice the prefixes, then a step for each prefix that covers
/// the address.
/// </remarks>
internal sealed class PrefixForest
{
    /// <summary>No prefix.</summary>
    public const int None = -1;

    private readonly uint[] _narrowStarts = [];
    private readonly UInt128[] _wideStarts = [];
    private readonly int[] _longest;
    private readonly int[] _parents;
    private readonly byte[] _lengths;
    private readonly bool _isWide;

    /// <param name="ethertype">The family.</param>
    /// <param name="starts">First address of each piece, left-aligned, ascending, beginning with 0.</param>
    /// <param name="longest">The longest prefix that covers the piece, or <see cref="None"/>.</param>
    /// <param name="parents">For each prefix the longest other one that covers it, or <see cref="None"/>.</param>
    /// <param name="lengths">The length of each prefix.</param>
    public PrefixForest(Ethertype ethertype, ReadOnlySpan<UInt128> starts, int[] longest, int[] parents, byte[] lengths)
    {
        _isWide = ethertype == Ethertype.IPv6;
        _longest = longest;
        _parents = parents;
        _lengths = lengths;
        if (_isWide)
        {
            _wideStarts = starts.ToArray();
            return;
        }

        _narrowStarts = new uint[starts.Length];
        for (int i = 0; i < starts.Length; i++)
        {
            _narrowStarts[i] = (uint)(starts[i] >> 96);
        }
    }

    public long Octets => ((long)(_narrowStarts.Length + _longest.Length + _parents.Length) * sizeof(int)) + _lengths.Length + (_wideStarts.LongLength * 16);

    /// <summary>The longest prefix that covers an address, or <see cref="None"/>.</summary>
    public int Longest(UInt128 address) => _longest[_isWide ? Piece(_wideStarts, address) : Piece(_narrowStarts, (uint)address)];

    /// <summary>The next shorter prefix that covers the same addresses, or <see cref="None"/>.</summary>
    public int Parent(int prefix) => _parents[prefix];

    /// <summary>How many bits a prefix has.</summary>
    public int LengthOf(int prefix) => _lengths[prefix];

    private static int Piece<T>(T[] starts, T address)
        where T : IComparisonOperators<T, T, bool>
    {
        int below = 0;
        for (int length = starts.Length; length > 1; length -= length / 2)
        {
            int middle = below + (length / 2);
            below = starts[middle] <= address ? middle : below;
        }

        return below;
    }
}
