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
    public static int CountBelow(ref WideNode node, WideKey key) => Vector512.IsHardwareAccelerated
        ? CountBelow512(ref node, key)
        : Vector256.IsHardwareAccelerated ? CountBelow256(ref node, key) : CountBelow128(ref node, key);

    /// <inheritdoc/>
    public void Set(int index, WideKey key)
    {
        _high[index] = key.High;
        _low[index] = key.Low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int CountBelow512(ref WideNode node, WideKey key)
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
    internal static int CountBelow256(ref WideNode node, WideKey key) =>
        BitOperations.PopCount(Below256(ref node, key, 0) | (Below256(ref node, key, 4) << 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int CountBelow128(ref WideNode node, WideKey key)
    {
        Vector128<long> sum = Below128(ref node, key, 0) + Below128(ref node, key, 2) + Below128(ref node, key, 4) + Below128(ref node, key, 6);
        return -(int)Vector128.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Below256(ref WideNode node, WideKey key, nuint from)
    {
        Vector256<long> high = Vector256.LoadUnsafe(ref Unsafe.As<Halves, long>(ref node._high), from);
        Vector256<long> low = Vector256.LoadUnsafe(ref Unsafe.As<Halves, long>(ref node._low), from);
        Vector256<long> keyHigh = Vector256.Create(key.High);
        return (Vector256.LessThan(high, keyHigh) | (Vector256.Equals(high, keyHigh) & Vector256.LessThan(low, Vector256.Create(key.Low))))
            .ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> Below128(ref WideNode node, WideKey key, nuint from)
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
