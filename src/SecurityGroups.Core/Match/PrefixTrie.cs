using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SecurityGroups.Match;

/// <summary>
/// Longest-prefix lookup: an address to the value of the longest prefix that covers it. Immutable, any thread, no allocation.
/// </summary>
/// <remarks>
/// A multibit trie whose values are pushed down to the leaves, so that the walk never goes back up. A direct-indexed root of 1 to 16 bits,
/// as large as the number of prefixes justifies, lies behind the bits that all prefixes share. Below it each node looks at 8 bits:
/// <code>
/// entry:  0vvvvvvv...   value (31 bits)      node:  path | window | rest     path: compared, so that chains of one child are one node
///         1nnnnnnn...   node                               8 bits            window: slot to rank of its run among the node's entries
/// </code>
/// Equal neighbours share one entry; the rank is a popcount over the node's 256-bit map of run starts (as in poptrie, Asai and Ohara 2015).
/// The exit for a path that does not fit is a conditional move, so a lookup mispredicts at most at its last node. Both families run through
/// this code: IPv4 addresses stand in the high half and the struct type parameter removes what only 128 bits need. Cost: a root load, then
/// two loads for each node, mostly one to three nodes; about 100 octets a prefix.
/// </remarks>
internal sealed class PrefixTrie
{
    /// <summary>Marks an entry that names a node.</summary>
    public const uint NodeFlag = 1u << 31;

    /// <summary>Bits that one node looks at.</summary>
    public const int WindowBits = 8;

    private readonly uint[] _root;
    private readonly uint[] _entries;
    private readonly CacheLines<TrieNode> _nodes;
    private readonly ulong _shared;
    private readonly uint _outside;
    private readonly byte _sharedLength;
    private readonly byte _rootShift;
    private readonly bool _isWide;

    /// <param name="isWide">Whether addresses have 128 bits.</param>
    /// <param name="shared">The first bits of every prefix, left-aligned.</param>
    /// <param name="sharedLength">How many bits those are.</param>
    /// <param name="outside">The value of addresses that do not begin with them.</param>
    /// <param name="root">The direct-indexed entries; a power of two, 2 to 65,536.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="entries">The entries that nodes refer to.</param>
    public PrefixTrie(bool isWide, ulong shared, int sharedLength, uint outside, uint[] root, ReadOnlySpan<TrieNode> nodes, uint[] entries)
    {
        _isWide = isWide;
        _shared = shared;
        _sharedLength = (byte)sharedLength;
        _outside = outside;
        _root = root;
        _rootShift = (byte)(64 - BitOperations.Log2((uint)root.Length));
        _nodes = new CacheLines<TrieNode>(nodes);
        _entries = entries;
    }

    private interface IWidth
    {
        static abstract bool IsWide { get; }
    }

    public long Octets => _nodes.Octets + ((long)(_root.Length + _entries.Length) * sizeof(uint));

    /// <summary>The value of the longest prefix that covers an address of the trie's family.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Lookup(UInt128 address) => _isWide
        ? LookupCore<Wide>((ulong)(address >> 64), (ulong)address)
        : LookupCore<Narrow>((ulong)address << 32, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint LookupCore<TWidth>(ulong high, ulong low)
        where TWidth : struct, IWidth
    {
        // Unchecked: the root index has exactly the root's bits, node numbers and ranks come from the builder, slots have 8 bits.
        ulong offShared = (high ^ _shared) >> 1 >> (63 - _sharedLength);
        uint entry = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_root), (nint)((high << _sharedLength) >> _rootShift));
        entry = offShared == 0 ? entry : _outside;
        while ((int)entry < 0)
        {
            ref TrieNode node = ref _nodes[(int)(entry & ~NodeFlag)];
            entry = Step<TWidth>(ref node, high, low);
        }

        return entry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Step<TWidth>(ref TrieNode node, ulong high, ulong low)
        where TWidth : struct, IWidth
    {
        ulong offPath = high ^ node.PathHigh;
        ulong aboveHalf = 0;
        if (TWidth.IsWide)
        {
            aboveHalf = node.IsLow ? offPath : 0;
            offPath = node.IsLow ? low ^ node.PathLow : offPath;
        }

        offPath >>= node.WindowShift;
        int slot = (int)offPath & 0xff;
        ulong starts = Unsafe.Add(ref Unsafe.As<TrieNode.Bitmap, ulong>(ref node.Starts), slot >> 6) << (~slot & 63);
        int rank = Unsafe.Add(ref Unsafe.As<TrieNode.WordCounts, byte>(ref node.StartsBefore), slot >> 6) + BitOperations.PopCount(starts);
        uint entry = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_entries), node.EntriesBefore + rank);
        return (aboveHalf | (offPath >> WindowBits)) == 0 ? entry : node.OffPath;
    }

    private readonly struct Narrow : IWidth
    {
        public static bool IsWide => false;
    }

    private readonly struct Wide : IWidth
    {
        public static bool IsWide => true;
    }
}
