using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SecurityGroups.Match;

/// <summary>8 numbers of 128 bits, two cache lines: the high halves, then the low ones.</summary>
internal struct WideNode : IRankNode<WideNode, WideKey>
{
    private const int Count = 8;
    private Halves _high;
    private Halves _low;

    /// <inheritdoc/>
    public static int Keys => Count;

    /// <inheritdoc/>
    public static WideNode Empty
    {
        get
        {
            WideNode node = default;
            ((Span<long>)node._high).Fill(long.MaxValue);
            ((Span<long>)node._low).Fill(long.MaxValue);
            return node;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountBelow(ref WideNode node, in WideKey key) => Vector512.IsHardwareAccelerated
        ? CountBelow512(ref node, key)
        : Vector256.IsHardwareAccelerated ? CountBelow256(ref node, key) : CountBelow128(ref node, key);

    /// <inheritdoc/>
    public static void CountBelow(ref WideNode nodes, int count, ref Burst<WideKey> keys, ref Burst<int> counts)
    {
        for (int i = 0; i < MatchKey.MaxBurst; i += 2 * Count)
        {
            Vector512<long> low = CountBelow8(ref nodes, count, ref Unsafe.Add(ref keys[0], i));
            Vector512<long> high = CountBelow8(ref nodes, count, ref Unsafe.Add(ref keys[0], i + Count));
            Vector512.Narrow(low, high).StoreUnsafe(ref counts[0], (nuint)i);
        }
    }

    /// <inheritdoc/>
    public void Set(int index, WideKey key)
    {
        _high[index] = key.High;
        _low[index] = key.Low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int CountBelow512(ref WideNode node, in WideKey key)
    {
        Vector512<long> high = Vector512.LoadUnsafe(ref Unsafe.As<Halves, long>(ref node._high));
        Vector512<long> low = Vector512.LoadUnsafe(ref Unsafe.As<Halves, long>(ref node._low));
        Vector512<long> keyHigh = Vector512.Create(key.High);
        ulong lower = Vector512.LessThan(high, keyHigh).ExtractMostSignificantBits();
        ulong same = Vector512.Equals(high, keyHigh).ExtractMostSignificantBits();
        ulong below = Vector512.LessThan(low, Vector512.Create(key.Low)).ExtractMostSignificantBits();
        return BitOperations.PopCount(lower | (same & below));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int CountBelow256(ref WideNode node, in WideKey key) =>
        BitOperations.PopCount(Below256(ref node, key, 0) | (Below256(ref node, key, 4) << 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int CountBelow128(ref WideNode node, in WideKey key)
    {
        Vector128<long> sum = Below128(ref node, key, 0) + Below128(ref node, key, 2) + Below128(ref node, key, 4) + Below128(ref node, key, 6);
        return -(int)Vector128.Sum(sum);
    }

    /// <summary>How many of the first keys in a run of nodes are below each of 8 keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> CountBelow8(ref WideNode nodes, int count, ref WideKey keys)
    {
        Vector512<long> highs = Vector512.Create(
            keys.High, Unsafe.Add(ref keys, 1).High, Unsafe.Add(ref keys, 2).High, Unsafe.Add(ref keys, 3).High,
            Unsafe.Add(ref keys, 4).High, Unsafe.Add(ref keys, 5).High, Unsafe.Add(ref keys, 6).High, Unsafe.Add(ref keys, 7).High);
        Vector512<long> lows = Vector512.Create(
            keys.Low, Unsafe.Add(ref keys, 1).Low, Unsafe.Add(ref keys, 2).Low, Unsafe.Add(ref keys, 3).Low,
            Unsafe.Add(ref keys, 4).Low, Unsafe.Add(ref keys, 5).Low, Unsafe.Add(ref keys, 6).Low, Unsafe.Add(ref keys, 7).Low);
        Vector512<long> counts = Vector512<long>.Zero;
        ref long half = ref Unsafe.As<WideNode, long>(ref nodes);
        for (uint i = 0; i < (uint)count; i++)
        {
            // After every 8 high halves come 8 low ones. A lane that is below is -1.
            uint place = i + (i & ~(uint)(Count - 1));
            Vector512<long> high = Vector512.Create(Unsafe.Add(ref half, place));
            Vector512<long> low = Vector512.Create(Unsafe.Add(ref half, place + Count));
            counts -= Vector512.LessThan(high, highs) | (Vector512.Equals(high, highs) & Vector512.LessThan(low, lows));
        }

        return counts;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Below256(ref WideNode node, in WideKey key, nuint from)
    {
        Vector256<long> high = Vector256.LoadUnsafe(ref Unsafe.As<Halves, long>(ref node._high), from);
        Vector256<long> low = Vector256.LoadUnsafe(ref Unsafe.As<Halves, long>(ref node._low), from);
        Vector256<long> keyHigh = Vector256.Create(key.High);
        return (Vector256.LessThan(high, keyHigh) | (Vector256.Equals(high, keyHigh) & Vector256.LessThan(low, Vector256.Create(key.Low))))
            .ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> Below128(ref WideNode node, in WideKey key, nuint from)
    {
        Vector128<long> high = Vector128.LoadUnsafe(ref Unsafe.As<Halves, long>(ref node._high), from);
        Vector128<long> low = Vector128.LoadUnsafe(ref Unsafe.As<Halves, long>(ref node._low), from);
        Vector128<long> keyHigh = Vector128.Create(key.High);
        return Vector128.LessThan(high, keyHigh) | (Vector128.Equals(high, keyHigh) & Vector128.LessThan(low, Vector128.Create(key.Low)));
    }

    [InlineArray(Count)]
    private struct Halves
    {
        private long _half;
    }
}
