using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SecurityGroups.Match;

/// <summary>A fixed run of items that starts on a cache-line boundary.</summary>
/// <remarks>
/// The backing array is pinned, so the boundary found at creation holds for its life; items are reached through managed references, which
/// keep the array alive. Indexing is not checked: every index comes from the builder that also sized the run.
/// </remarks>
internal readonly struct CacheLines<T>
    where T : unmanaged
{
    private const int LineOctets = 64;
    private readonly ulong[] _words;
    private readonly int _firstWord;

    public unsafe CacheLines(ReadOnlySpan<T> items)
    {
        int words = checked((int)((((long)items.Length * sizeof(T)) + LineOctets) / sizeof(ulong)));
        _words = GC.AllocateArray<ulong>(words, pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_words));
        _firstWord = (int)(-address & (LineOctets - 1)) / sizeof(ulong);
        MemoryMarshal.AsBytes(items).CopyTo(MemoryMarshal.AsBytes(_words.AsSpan(_firstWord)));
    }

    public long Octets => (long)_words.Length * sizeof(ulong);

    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(
            ref Unsafe.As<ulong, T>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_words), _firstWord)), index);
    }
}
