using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SecurityGroups.Tracking;

/// <summary>Eight slots of the index in one cache line.</summary>
/// <remarks>
/// <code>
///  0          16             48     52        56        64
///  8 x tag    | 8 x entry    | lock | version | spilled |
/// </code>
/// A tag is 16 bits of the hash, never 0; 0 = the slot is empty. Octet d of "spilled" counts the connections whose home is this bucket but
/// which lie d buckets further on, so that a lookup goes there only if there is something to find. A slot is written by who holds the lock;
/// readers take none. The version counts the slots cleared, after each.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct Bucket
{
    public const int Slots = 8;

    [FieldOffset(0)]
    private ushort _firstTag;

    [FieldOffset(16)]
    private uint _firstIndex;

    [FieldOffset(48)]
    private int _lock;

    [FieldOffset(52)]
    private uint _version;

    [FieldOffset(56)]
    public ulong Spilled;

    /// <summary>As long as it stays, each slot that was not empty names the connection it did.</summary>
    public readonly uint Version
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(in _version);
    }

    /// <summary>Whether connections whose home is this bucket lie elsewhere.</summary>
    public readonly bool HasSpilled
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Interleaving.Step();
            return Volatile.Read(in Spilled) != 0;
        }
    }

    /// <summary>Bit i = slot i carries the tag.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint SlotsWith(ushort tag)
    {
        Interleaving.Step();

        // The eight tags are the first 16 octets of this 64-octet structure.
        Vector128<ushort> tags = Vector128.LoadUnsafe(in _firstTag);
        uint slots = Vector128.Equals(tags, Vector128.Create(tag)).ExtractMostSignificantBits();

        // A slot's index is written before its tag; a reader that saw the tag must not have read the index earlier.
        Volatile.ReadBarrier();
        return slots;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint IndexAt(int slot)
    {
        Interleaving.Step();
        return Unsafe.Add(ref Unsafe.AsRef(in _firstIndex), slot);
    }

    public readonly ushort TagAt(int slot) => Unsafe.Add(ref Unsafe.AsRef(in _firstTag), slot);

    /// <summary>Fills an empty slot: index first, then the tag that makes it visible.</summary>
    public void Fill(int slot, ushort tag, uint index)
    {
        Interleaving.Step();
        Unsafe.Add(ref _firstIndex, slot) = index;
        Interleaving.Step();
        Volatile.Write(ref Unsafe.Add(ref _firstTag, slot), tag);
    }

    public void Clear(int slot)
    {
        Interleaving.Step();
        Volatile.Write(ref Unsafe.Add(ref _firstTag, slot), (ushort)0);
        Interleaving.Step();
        Volatile.Write(ref _version, _version + 1);
    }

    /// <summary>Who holds several buckets takes them in ascending order; nothing is called while one is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Lock()
    {
        Interleaving.Step();
        if (Interlocked.CompareExchange(ref _lock, 1, 0) != 0)
        {
            LockContended();
        }
    }

    public void Unlock()
    {
        Interleaving.Step();
        Volatile.Write(ref _lock, 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LockContended()
    {
        SpinWait spin = default;
        do
        {
            Interleaving.Spin();
            spin.SpinOnce(sleep1Threshold: -1);
        }
        while (Volatile.Read(ref _lock) != 0 || Interlocked.CompareExchange(ref _lock, 1, 0) != 0);
    }
}
