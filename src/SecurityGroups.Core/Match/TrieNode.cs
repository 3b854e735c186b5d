using System.Runtime.CompilerServices;

namespace SecurityGroups.Match;

/// <summary>
/// One node of a <see cref="PrefixTrie"/>, one cache line: the path that leads to it, and a bit for each of its 256 slots at which a new
/// entry begins.
/// </summary>
internal struct TrieNode
{
    /// <summary>Where a new entry begins; bit 0 of the first word is always set.</summary>
    public Bitmap Starts;

    /// <summary>High half of the path; zero from the window on when the window lies in this half.</summary>
    public ulong PathHigh;

    /// <summary>Low half of the path, where the window lies in the low half.</summary>
    public ulong PathLow;

    /// <summary>The value of addresses that leave the path before the window.</summary>
    public uint OffPath;

    /// <summary>Index of the node's first entry, less one.</summary>
    public int EntriesBefore;

    /// <summary>Set bits in the words before each word of <see cref="Starts"/>.</summary>
    public WordCounts StartsBefore;

    /// <summary>Distance of the window from the low end of its half: 0 to 56.</summary>
    public byte WindowShift;

    /// <summary>Whether the window lies in the low half of a 128-bit address.</summary>
    public bool IsLow;

    [InlineArray(4)]
    internal struct Bitmap
    {
        private ulong _word;
    }

    [InlineArray(4)]
    internal struct WordCounts
    {
        private byte _count;
    }
}
