using System.Diagnostics.CodeAnalysis;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>Lays out built sets as <see cref="AllowSets"/>.</summary>
/// <remarks>
/// As a matrix while a row is no longer than a cache line or the whole is small: linear in the sets either way. A table of real rules has
/// tens to hundreds of columns; 100,000 rules with as many different port ranges are for the lists.
/// </remarks>
internal static class AllowSetLayout
{
    /// <summary>Columns for which any number of sets is laid out as a matrix.</summary>
    public const int FewColumns = 512;

    /// <summary>Bits of a matrix that may have any number of columns.</summary>
    public const int FewBits = 1 << 17;

    /// <summary>The sets in the form that suits them.</summary>
    public static AllowSets Lay(AllowSetBuilder sets) => TryLayMatrix(sets, out AllowMatrix? matrix) ? new AllowSets(matrix) : new AllowSets(LayLists(sets));

    /// <summary>The sets as lists, which are for any.</summary>
    public static AllowLists LayLists(AllowSetBuilder sets)
    {
        int[] firsts = new int[sets.Count + 1];
        int[] nexts = new int[sets.Count];
        for (int set = 0; set < sets.Count; set++)
        {
            firsts[set + 1] = firsts[set] + sets.BoundariesOf(set).Length;
            nexts[set] = sets.NextOf(set);
        }

        return new AllowLists(sets.AllBoundaries.ToArray(), firsts, nexts);
    }

    /// <summary>The sets as a matrix, unless it would be too large.</summary>
    public static bool TryLayMatrix(AllowSetBuilder sets, [NotNullWhen(true)] out AllowMatrix? matrix)
    {
        matrix = TryCut(sets, out int[] cuts) ? LayMatrix(sets, cuts) : null;
        return matrix is not null;
    }

    /// <summary>The distinct boundaries of all sets, which are where columns but the first begin, unless those are too many.</summary>
    private static bool TryCut(AllowSetBuilder sets, out int[] cuts)
    {
        int maxColumns = Math.Max(FewColumns, FewBits / sets.Count);
        HashSet<int> distinct = [];
        foreach (int boundary in sets.AllBoundaries)
        {
            if (distinct.Add(boundary) && distinct.Count == maxColumns)
            {
                cuts = [];
                return false;
            }
        }

        cuts = [.. distinct.Order()];
        return true;
    }

    /// <summary>A row is what its boundaries enclose and the row of the set that its set continues in.</summary>
    private static AllowMatrix LayMatrix(AllowSetBuilder sets, int[] cuts)
    {
        int rowWords = AllowMatrix.RowWords(cuts.Length + 1);
        uint[] words = new uint[rowWords * sets.Count];
        for (int set = 1; set < sets.Count; set++)
        {
            Span<uint> row = words.AsSpan(set * rowWords, rowWords);
            foreach (int boundary in sets.BoundariesOf(set))
            {
                int column = Array.BinarySearch(cuts, boundary) + 1;
                row[column / AllowMatrix.WordBits] |= 1u << column;
            }

            FillEnclosed(row);
            Unite(row, words.AsSpan(sets.NextOf(set) * rowWords, rowWords));
        }

        return new AllowMatrix(Array.ConvertAll(cuts, cut => cut - 1), words);
    }

    /// <summary>Bits that say where membership flips become bits that say where it is: each is the parity of those up to it.</summary>
    private static void FillEnclosed(Span<uint> row)
    {
        uint before = 0;
        foreach (ref uint word in row)
        {
            for (int distance = 1; distance < AllowMatrix.WordBits; distance *= 2)
            {
                word ^= word << distance;
            }

            word ^= before;
            before = (uint)((int)word >> (AllowMatrix.WordBits - 1));
        }
    }

    private static void Unite(Span<uint> row, ReadOnlySpan<uint> other)
    {
        for (int i = 0; i < row.Length; i++)
        {
            row[i] |= other[i];
        }
    }
}
