using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SecurityGroups.Tracking;

/// <summary>A fixed number of elements in pinned managed memory, the first one on a cache line boundary.</summary>
/// <remarks>
/// Managed, so that nothing can be used after it was freed: a reference to an element keeps the memory, whoever disposed what. Pinned, so
/// that the alignment lasts, and so that an element is found by its address alone: one addition, where a reference into the array would be
/// a test and two more; copies of this value share the elements. Elements hold no references, so the garbage collector never looks inside.
/// Pages are touched at first use only.
/// The bound: callers index below <see cref="Length"/>, asserted in debug builds; the table masks or compares every index it uses.
/// The life: whoever works on elements keeps their owner to the end, the calls of the firewall by <c>GC.KeepAlive</c>: between reading the address
/// and making a reference of it the collector sees neither.
/// </remarks>
internal readonly unsafe struct AlignedArray<T>
    where T : unmanaged
{
    private const int LineOctets = 64;
    private readonly T* _first;
    private readonly byte[] _memory;

    public AlignedArray(int length)
    {
        Length = length;
        _memory = GC.AllocateArray<byte>(checked((length * sizeof(T)) + LineOctets), pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        _first = (T*)(address + (-address & (LineOctets - 1)));
        HugePages.Advise(address, _memory.Length);
    }

    public int Length { get; }

    public ref T this[uint index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            System.Diagnostics.Debug.Assert(index < (uint)Length, "index within the array");
            return ref *(_first + index);
        }
    }

    /// <summary>Asks for an element's cache line ahead of its use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint index)
    {
        if (System.Runtime.Intrinsics.X86.Sse.IsSupported)
        {
            // A prefetch of any address is harmless.
            System.Runtime.Intrinsics.X86.Sse.Prefetch0(_first + index);
        }
    }
}
