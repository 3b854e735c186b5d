using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SecurityGroups.Match;

/// <summary>
/// The distinct sets of services (protocol and port) that the rules of one compiled form allow. Immutable, any thread, no allocation.
/// </summary>
/// <remarks>
/// A set is the ascending list of numbers at which membership flips, so that a service belongs to it when an odd number of them are not
/// above it: a whole protocol, a port range, an ICMP type and "any" are all one pair of boundaries. The list is a flattened interval tree
/// of cache lines, 16 boundaries each: up to 16 are one vector compare and the parity of a popcount, more have upper levels of 17-way lines
/// above. Leaf lines but the last are full, and 16 is even, so the parity within the leaf line is the parity of the whole. A set may
/// continue in another: where a prefix with few rules lies within a prefix with many, copying the many into each such set would cost memory
/// in the square of the rules. A set is named by a descriptor that says where it lies; descriptor 0 is the empty set.
/// <code>
/// descriptor:  0 lllllllllllllllllllllllllll c ddd     l: first line   d: levels
///                                                      c: continues in the set whose descriptor is in the line before
/// level 1:     line l                level 2: lines l+1 .. l+17              level 3: lines l+18 .. l+306
/// </code>
/// </remarks>
internal sealed class AllowSets
{
    /// <summary>Boundaries in a line.</summary>
    public const int LineBoundaries = 16;

    /// <summary>Fills the rest of a line: above every service.</summary>
    public const int Padding = int.MaxValue;

    /// <summary>Lines below one upper line.</summary>
    public const int Fanout = LineBoundaries + 1;

    private const uint ContinuesFlag = 8;
    private const uint LevelsMask = 7;
    private const int LineShift = 4;
    private readonly CacheLines<Line> _lines;

    /// <param name="lines">Line 0 is the empty set.</param>
    public AllowSets(ReadOnlySpan<Line> lines) => _lines = new CacheLines<Line>(lines);

    public long Octets => _lines.Octets;

    public static uint Descriptor(int line, int levels, bool continues) =>
        ((uint)line << LineShift) | (continues ? ContinuesFlag : 0) | (uint)levels;

    /// <summary>Whether a set allows a service.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(uint set, int service)
    {
        do
        {
            if (ContainsCore(set, service))
            {
                return true;
            }
        }
        while (TryContinue(ref set));
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ContainsCore(uint set, int service)
    {
        // Unchecked: a descriptor comes from the builder; padding makes unused upper slots unreachable.
        int line = (int)(set >> LineShift);
        int index = 0;
        int width = 1;
        for (uint levels = set & LevelsMask; levels > 1; levels--)
        {
            index = (index * Fanout) + CountNotAbove(ref _lines[line + index], service);
            line += width;
            width *= Fanout;
        }

        return (CountNotAbove(ref _lines[line + index], service) & 1) != 0;
    }

    private bool TryContinue(ref uint set)
    {
        bool continues = (set & ContinuesFlag) != 0;
        if (continues)
        {
            set = (uint)_lines[(int)(set >> LineShift) - 1][0];
        }

        return continues;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountNotAbove(ref Line line, int service) => Vector512.IsHardwareAccelerated
        ? CountNotAbove512(ref line, service)
        : Vector256.IsHardwareAccelerated ? CountNotAbove256(ref line, service) : CountNotAbove128(ref line, service);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int CountNotAbove512(ref Line line, int service)
    {
        ref int first = ref Unsafe.As<Line, int>(ref line);
        ulong mask = Vector512.LessThanOrEqual(Vector512.LoadUnsafe(ref first), Vector512.Create(service)).ExtractMostSignificantBits();
        return BitOperations.PopCount(mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int CountNotAbove256(ref Line line, int service)
    {
        ref int first = ref Unsafe.As<Line, int>(ref line);
        Vector256<int> services = Vector256.Create(service);
        uint low = Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref first), services).ExtractMostSignificantBits();
        uint high = Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref first, 8), services).ExtractMostSignificantBits();
        return BitOperations.PopCount(low | (high << 8));
    }

    // Each lane that is not above counts down by one: four compares and three additions where vectors have 128 bits, plain code otherwise.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int CountNotAbove128(ref Line line, int service)
    {
        ref int first = ref Unsafe.As<Line, int>(ref line);
        Vector128<int> key = Vector128.Create(service);
        Vector128<int> sum = Vector128.LessThanOrEqual(Vector128.LoadUnsafe(ref first), key);
        sum += Vector128.LessThanOrEqual(Vector128.LoadUnsafe(ref first, 4), key);
        sum += Vector128.LessThanOrEqual(Vector128.LoadUnsafe(ref first, 8), key);
        sum += Vector128.LessThanOrEqual(Vector128.LoadUnsafe(ref first, 12), key);
        return -Vector128.Sum(sum);
    }

    /// <summary>One cache line of boundaries, ascending.</summary>
    [InlineArray(LineBoundaries)]
    internal struct Line
    {
        private int _boundary;

        /// <summary>A line of padding.</summary>
        public static Line Empty
        {
            get
            {
                Line line = default;
                ((Span<int>)line).Fill(Padding);
                return line;
            }
        }
    }
}
