using System.Runtime.CompilerServices;

namespace SecurityGroups.Match;

/// <summary>
/// The addresses of one family cut into consecutive pieces, numbered from 0: finds the piece of an address. Immutable, any thread, no
/// allocation.
/// </summary>
/// <remarks>
/// Cut where the longest prefix of a table changes, pieces answer everything about prefixes: what is allowed there, and which prefixes
/// cover the address. A piece is known by its last address; its number is how many pieces end below the address.
/// </remarks>
internal sealed class AddressPieces
{
    private readonly RankTree<NarrowNode, int> _narrow;
    private readonly RankTree<WideNode, WideKey> _wide;
    private readonly bool _isWide;

    /// <param name="ethertype">The family.</param>
    /// <param name="starts">First address of each piece, left-aligned, ascending, beginning with 0.</param>
    public AddressPieces(Ethertype ethertype, ReadOnlySpan<UInt128> starts)
    {
        _isWide = ethertype == Ethertype.IPv6;
        int[] narrow = new int[_isWide ? 0 : starts.Length - 1];
        WideKey[] wide = new WideKey[_isWide ? starts.Length - 1 : 0];
        for (int piece = 0; piece < narrow.Length; piece++)
        {
            narrow[piece] = NarrowKey((starts[piece + 1] >> 96) - 1);
        }

        for (int piece = 0; piece < wide.Length; piece++)
        {
            wide[piece] = new WideKey(starts[piece + 1] - 1);
        }

        _narrow = new RankTree<NarrowNode, int>(narrow);
        _wide = new RankTree<WideNode, WideKey>(wide);
    }

    /// <summary>Whether addresses have 128 bits.</summary>
    public bool IsWide => _isWide;

    public long Octets => _narrow.Octets + _wide.Octets;

    /// <summary>The number of the piece that an address of the family lies in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(UInt128 address) => _isWide ? _wide.CountBelow(new WideKey(address)) : _narrow.CountBelow(NarrowKey(address));

    /// <summary>The numbers of the pieces that the addresses of a burst of keys lie in.</summary>
    public void Find(ReadOnlySpan<MatchKey> keys, ref Burst<int> pieces)
    {
        if (_isWide)
        {
            FindWide(keys, ref pieces);
        }
        else
        {
            FindNarrow(keys, ref pieces);
        }
    }

    [SkipLocalsInit]
    private void FindWide(ReadOnlySpan<MatchKey> keys, ref Burst<int> pieces)
    {
        Unsafe.SkipInit(out Burst<WideKey> addresses);
        for (int i = 0; i < keys.Length; i++)
        {
            addresses[i] = new WideKey(keys[i].Remote);
        }

        _wide.CountBelow(ref addresses, keys.Length, ref pieces);
    }

    [SkipLocalsInit]
    private void FindNarrow(ReadOnlySpan<MatchKey> keys, ref Burst<int> pieces)
    {
        Unsafe.SkipInit(out Burst<int> addresses);
        for (int i = 0; i < keys.Length; i++)
        {
            addresses[i] = NarrowKey(keys[i].Remote);
        }

        _narrow.CountBelow(ref addresses, keys.Length, ref pieces);
    }

    /// <summary>An address as a signed number that orders like it: what vectors compare.</summary>
    private static int NarrowKey(UInt128 address) => (int)(uint)address ^ int.MinValue;
}
