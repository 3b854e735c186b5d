using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SecurityGroups.Tracking;

/// <summary>A fixed number of elements in pinned managed memory, the first one on a cache line boundary.</summary>
/// <remarks>
/// Managed, so that nothing can be used after it was freed: a reference into the array keeps it alive, whoever disposed what. Pinned, so
/// that the alignment lasts; elements hold no references, so the garbage collector never looks inside. Pages are touched at first use only.
/// The bound: callers index below <see cref="Length"/>, asserted in debug builds; the table masks or compares every index it uses.
/// </remarks>
internal sealed class AlignedArray<T>
    where T : unmanaged
{
    private const int LineOctets = 64;
    private readonly byte[] _memory;
    private readonly nint _first;

    public unsafe AlignedArray(int length)
    {
        Length = length;
        _memory = GC.AllocateArray<byte>(checked((length * sizeof(T)) + LineOctets), pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        _first = -address & (LineOctets - 1);
        HugePages.Advise(address, _memory.Length);
    }

    public int Length { get; }

    public ref T this[uint index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            System.Diagnostics.Debug.Assert(index < (uint)Length, "index within the array");
            ref byte first = ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(_memory), _first);
            return ref Unsafe.Add(ref Unsafe.As<byte, T>(ref first), index);
        }
    }

    /// <summary>Asks for an element's cache line ahead of its use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(uint index)
    {
        if (System.Runtime.Intrinsics.X86.Sse.IsSupported)
        {
            // A prefetch of any address is harmless, and the memory is pinned.
            System.Runtime.Intrinsics.X86.Sse.Prefetch0(Unsafe.AsPointer(ref this[index]));
        }
    }
}
