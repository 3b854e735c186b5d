using System.Numerics;
using System.Runtime.InteropServices;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>Builds a <see cref="PrefixTrie"/> from consecutive address intervals with a value each.</summary>
/// <remarks>
/// Intervals instead of prefixes: they are the leaf-pushed form already, so that a block of addresses with one value is a leaf and
/// everything else splits by 8 bits. A block whose values differ only inside a smaller aligned block becomes one node with that longer
/// path. Each interval is visited once for each node above it: linear for real rule sets.
/// </remarks>
internal sealed class PrefixTrieBuilder
{
    private const int MaxRootBits = 16;
    private const int Slots = 1 << PrefixTrie.WindowBits;
    private readonly List<TrieNode> _nodes = [];
    private readonly List<uint> _entries = [];
    private readonly UInt128[] _starts;
    private readonly uint[] _values;
    private readonly int _width;

    private PrefixTrieBuilder(Ethertype ethertype, UInt128[] starts, uint[] values)
    {
        _width = ethertype == Ethertype.IPv4 ? 32 : 128;
        _starts = starts;
        _values = values;
    }

    /// <param name="ethertype">The family of the addresses.</param>
    /// <param name="starts">First address of each interval, left-aligned, ascending, beginning with 0.</param>
    /// <param name="values">The interval's value, below <see cref="PrefixTrie.NodeFlag"/>.</param>
    public static PrefixTrie Build(Ethertype ethertype, ReadOnlySpan<UInt128> starts, ReadOnlySpan<uint> values)
    {
        List<UInt128> mergedStarts = new(starts.Length);
        List<uint> mergedValues = new(starts.Length);
        for (int i = 0; i < starts.Length; i++)
        {
            if (i == 0 || values[i] != values[i - 1])
            {
                mergedStarts.Add(starts[i]);
                mergedValues.Add(values[i]);
            }
        }

        return new PrefixTrieBuilder(ethertype, [.. mergedStarts], [.. mergedValues]).Build();
    }

    private PrefixTrie Build()
    {
        int rootBits = Math.Clamp(BitOperations.Log2((uint)_starts.Length) + 1, 1, MaxRootBits);
        int sharedLength = Math.Min(PathLength(0, _starts.Length, 0), Math.Min(_width, 64) - rootBits);
        UInt128 shared = _starts.Length > 1 ? _starts[1] & Mask(sharedLength) : 0;
        uint[] root = new uint[1 << rootBits];
        int interval = 0;
        for (int slot = 0; slot < root.Length; slot++)
        {
            UInt128 start = shared | ((UInt128)(uint)slot << (128 - sharedLength - rootBits));
            interval = IntervalAt(start, interval, _starts.Length);
            int end = EndOf(start, sharedLength + rootBits, interval, _starts.Length);
            root[slot] = EntryFor(interval, end, sharedLength + rootBits);
        }

        return new PrefixTrie(
            _width == 128, (ulong)(shared >> 64), sharedLength, _values[0], root, CollectionsMarshal.AsSpan(_nodes), [.. _entries]);
    }

    private static UInt128 Mask(int length) => length == 0 ? 0 : UInt128.MaxValue << (128 - length);

    private uint EntryFor(int first, int end, int depth) => end - first <= 1 ? _values[first] : AddNode(first, end, depth);

    /// <summary>A node for a block of 2^(128 - depth) addresses that the intervals from first up to end divide.</summary>
    private uint AddNode(int first, int end, int depth)
    {
        int pathLength = WindowStart(Math.Max(depth, PathLength(first, end, depth)));
        UInt128 path = _starts[first + 1] & Mask(pathLength);
        int childDepth = pathLength + PrefixTrie.WindowBits;
        Span<uint> entries = stackalloc uint[Slots];
        TrieNode node = default;
        int count = 0;
        int interval = first;
        for (int slot = 0; slot < Slots;)
        {
            UInt128 start = path | ((UInt128)(uint)slot << (128 - childDepth));
            interval = IntervalAt(start, interval, end);
            int next = EndOf(start, childDepth, interval, end);
            node.Starts[slot >> 6] |= 1ul << slot;
            entries[count++] = EntryFor(interval, next, childDepth);
            slot = next - interval <= 1 ? SlotAfter(interval, end, path, pathLength) : slot + 1;
        }

        return Add(ref node, path, pathLength, _values[first], entries[..count]);
    }

    private uint Add(ref TrieNode node, UInt128 path, int pathLength, uint offPath, ReadOnlySpan<uint> entries)
    {
        node.PathHigh = (ulong)(path >> 64);
        node.PathLow = (ulong)path;
        node.IsLow = pathLength >= 64;
        node.WindowShift = (byte)(64 - PrefixTrie.WindowBits - (pathLength & 63));
        node.OffPath = offPath;
        node.EntriesBefore = _entries.Count - 1;
        for (int word = 1; word < 4; word++)
        {
            node.StartsBefore[word] = (byte)(node.StartsBefore[word - 1] + BitOperations.PopCount(node.Starts[word - 1]));
        }

        _entries.AddRange(entries);
        _nodes.Add(node);
        return PrefixTrie.NodeFlag | (uint)(_nodes.Count - 1);
    }

    /// <summary>
    /// Bits shared by all addresses of a block that do not have the value of its two ends; the block's own depth if its ends differ.
    /// </summary>
    private int PathLength(int first, int end, int depth) => end - first > 2 && _values[first] == _values[end - 1]
        ? (int)UInt128.LeadingZeroCount(_starts[first + 1] ^ (_starts[end - 1] - 1))
        : depth;

    /// <summary>
    /// The window must lie within the address and within one half of it. A window that had to move up looks at some path bits again; slots
    /// off the block are then never reached.
    /// </summary>
    private int WindowStart(int pathLength) => pathLength < 64 && _width == 128
        ? Math.Min(pathLength, 64 - PrefixTrie.WindowBits)
        : Math.Min(pathLength, _width - PrefixTrie.WindowBits);

    /// <summary>The interval that holds an address, searched upwards and below <paramref name="end"/>.</summary>
    private int IntervalAt(UInt128 address, int interval, int end)
    {
        while (interval + 1 < end && _starts[interval + 1] <= address)
        {
            interval++;
        }

        return interval;
    }

    /// <summary>One past the last interval below <paramref name="end"/> that reaches into the block at <paramref name="start"/>.</summary>
    private int EndOf(UInt128 start, int depth, int interval, int end)
    {
        UInt128 last = start | ~Mask(depth);
        while (interval < end && _starts[interval] <= last)
        {
            interval++;
        }

        return interval;
    }

    /// <summary>The first slot of a node that an interval does not fill; 256 if it fills the rest.</summary>
    private int SlotAfter(int interval, int end, UInt128 path, int pathLength)
    {
        if (interval + 1 >= end || ((_starts[interval + 1] ^ path) & Mask(pathLength)) != 0)
        {
            return Slots;
        }

        return (int)(_starts[interval + 1] >> (128 - pathLength - PrefixTrie.WindowBits)) & (Slots - 1);
    }
}
