using System.Runtime.CompilerServices;

namespace SecurityGroups.Match;

/// <summary>Sets of services as the rows of a bit matrix. Immutable, any thread, no allocation.</summary>
/// <remarks>
/// Columns are the ranges of services between which no set makes a difference; one search among their boundaries, the same for all sets,
/// finds the column. Real rules name few different ports, so rows are short.
/// </remarks>
internal sealed class AllowMatrix
{
    /// <summary>Columns in a word.</summary>
    public const int WordBits = 32;

    private readonly RankTree<NarrowNode, int> _columns;
    private readonly uint[] _words;
    private readonly int _rowWords;

    /// <param name="lasts">The last service of each column but the last, ascending.</param>
    /// <param name="words">The rows, one behind the other, <see cref="RowWords"/> each; the first column is the lowest bit of the first.</param>
    public AllowMatrix(ReadOnlySpan<int> lasts, uint[] words)
    {
        _columns = new RankTree<NarrowNode, int>(lasts);
        _words = words;
        _rowWords = RowWords(lasts.Length + 1);
    }

    public long Octets => _columns.Octets + (_words.LongLength * sizeof(uint));

    /// <summary>How many words a row of so many columns takes.</summary>
    public static int RowWords(int columns) => (columns + WordBits - 1) / WordBits;

    /// <summary>Whether the set of a row allows a service.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int row, int service) => Bit(row, _columns.CountBelow(service)) != 0;

    /// <summary>A bit for each service of a burst: whether the set of its row allows it.</summary>
    [SkipLocalsInit]
    public uint Contains(ref Burst<int> rows, ref Burst<int> services, int length)
    {
        Unsafe.SkipInit(out Burst<int> columns);
        _columns.CountBelow(ref services, length, ref columns);
        uint allowed = 0;
        for (int i = length - 1; i >= 0; i--)
        {
            allowed = (allowed * 2) + Bit(rows[i], columns[i]);
        }

        return allowed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Bit(int row, int column) => (_words[(row * _rowWords) + (int)((uint)column / WordBits)] >> column) & 1;
}
