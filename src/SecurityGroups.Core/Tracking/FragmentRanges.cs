using System.Runtime.CompilerServices;

namespace SecurityGroups.Tracking;

/// <summary>Which octets of a datagram have come: up to eight ranges in ascending order that neither overlap nor touch each other.</summary>
/// <remarks>A range is one word, start in the high half, end in the low. Fragments that come in order make one range, however many they are.</remarks>
internal struct FragmentRanges
{
    /// <summary>Ranges kept: fragments out of order leave that many gaps at most.</summary>
    public const int Most = 8;

    private Words _words;
    private int _count;

    /// <summary>Where the last range ends, 0 when there is none.</summary>
    public readonly int End => _count == 0 ? 0 : EndOf(_words[_count - 1]);

    /// <summary>Whether every octet from 0 to an end has come and none behind it.</summary>
    public readonly bool Are(int end) => _count == 1 && _words[0] == (uint)end;

    /// <summary>Whether any octet of a range has come.</summary>
    public readonly bool Overlap(int start, int end)
    {
        int i = FirstEndingFrom(start + 1);
        return i < _count && StartOf(_words[i]) < end;
    }

    /// <summary>Whether every octet of a range has come.</summary>
    public readonly bool Cover(int start, int end)
    {
        int i = FirstEndingFrom(end);
        return i < _count && StartOf(_words[i]) <= start;
    }

    /// <summary>Adds a range, overlapping or not; false, and nothing added, when it would be the ninth.</summary>
    public bool TryAdd(int start, int end)
    {
        int from = FirstEndingFrom(start);
        int to = from;
        while (to < _count && StartOf(_words[to]) <= end)
        {
            start = Math.Min(start, StartOf(_words[to]));
            end = Math.Max(end, EndOf(_words[to]));
            to++;
        }

        if (from == to && _count == Most)
        {
            return false;
        }

        Replace(from, to, ((uint)start << 16) | (uint)end);
        return true;
    }

    // Puts one word in the place of those from..to (none: inserts it).
    private void Replace(int from, int to, uint word)
    {
        Span<uint> words = _words;
        words[to.._count].CopyTo(words[(from + 1)..]);
        words[from] = word;
        _count += 1 - (to - from);
    }

    private readonly int FirstEndingFrom(int octet)
    {
        int i = 0;
        while (i < _count && EndOf(_words[i]) < octet)
        {
            i++;
        }

        return i;
    }

    private static int StartOf(uint word) => (int)(word >> 16);

    private static int EndOf(uint word) => (ushort)word;

    [InlineArray(Most)]
    private struct Words
    {
        private uint _first;
    }
}
