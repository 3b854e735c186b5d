using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SecurityGroups.Match;

/// <summary>16 numbers of 32 bits, one cache line: one vector compare and a popcount, or two, or four.</summary>
[InlineArray(Count)]
internal struct NarrowNode : IRankNode<NarrowNode, int>
{
    /// <summary>Numbers in a node.</summary>
    public const int Count = 16;

    private int _key;

    /// <inheritdoc/>
    public static int Keys => Count;

    /// <inheritdoc/>
    public static NarrowNode Empty
    {
        get
        {
            NarrowNode node = default;
            ((Span<int>)node).Fill(int.MaxValue);
            return node;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountBelow(ref NarrowNode node, in int key) => Vector512.IsHardwareAccelerated
        ? CountBelow512(ref node, key)
        : Vector256.IsHardwareAccelerated ? CountBelow256(ref node, key) : CountBelow128(ref node, key);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CountBelow(ref NarrowNode nodes, int count, ref Burst<int> keys, ref Burst<int> counts)
    {
        Vector512<int> low = Vector512.LoadUnsafe(ref keys[0]);
        Vector512<int> high = Vector512.LoadUnsafe(ref keys[0], 16);
        Vector512<int> lowCounts = Vector512<int>.Zero;
        Vector512<int> highCounts = Vector512<int>.Zero;
        for (int i = 0; i < count; i++)
        {
            // A lane that is below is -1.
            Vector512<int> key = Vector512.Create(Unsafe.Add(ref Unsafe.As<NarrowNode, int>(ref nodes), i));
            lowCounts -= Vector512.LessThan(key, low);
            highCounts -= Vector512.LessThan(key, high);
        }

        lowCounts.StoreUnsafe(ref counts[0]);
        highCounts.StoreUnsafe(ref counts[0], 16);
    }

    /// <inheritdoc/>
    public void Set(int index, int key) => this[index] = key;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int CountBelow512(ref NarrowNode node, int key)
    {
        ref int first = ref Unsafe.As<NarrowNode, int>(ref node);
        return BitOperations.PopCount(Vector512.LessThan(Vector512.LoadUnsafe(ref first), Vector512.Create(key)).ExtractMostSignificantBits());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int CountBelow256(ref NarrowNode node, int key)
    {
        ref int first = ref Unsafe.As<NarrowNode, int>(ref node);
        Vector256<int> keys = Vector256.Create(key);
        uint low = Vector256.LessThan(Vector256.LoadUnsafe(ref first), keys).ExtractMostSignificantBits();
        uint high = Vector256.LessThan(Vector256.LoadUnsafe(ref first, 8), keys).ExtractMostSignificantBits();
        return BitOperations.PopCount(low | (high << 8));
    }

    // Each lane that is below counts down by one: four compares and three additions where vectors have 128 bits, plain code otherwise.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int CountBelow128(ref NarrowNode node, int key)
    {
        ref int first = ref Unsafe.As<NarrowNode, int>(ref node);
        Vector128<int> keys = Vector128.Create(key);
        Vector128<int> sum = Vector128.LessThan(Vector128.LoadUnsafe(ref first), keys);
        sum += Vector128.LessThan(Vector128.LoadUnsafe(ref first, 4), keys);
        sum += Vector128.LessThan(Vector128.LoadUnsafe(ref first, 8), keys);
        sum += Vector128.LessThan(Vector128.LoadUnsafe(ref first, 12), keys);
        return -Vector128.Sum(sum);
    }
}
