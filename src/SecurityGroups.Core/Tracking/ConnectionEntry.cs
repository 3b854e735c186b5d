using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SecurityGroups.Tracking;

/// <summary>One connection: one cache line for either family; IPv6 addresses lie in an array beside.</summary>
/// <remarks>
/// <code>
///  0         8               16      20      24       32                  48                  64
///  addresses | ends: ports,  | vlan  | stamp | state  | initiator side    | responder side    |
///  (word)    | zone and type | +proto|       | word   | TCP window, or the time of creation   |
/// </code>
/// Octets 0 to 19 are the key; they never change while the state word says live. All else may only be touched by who holds the lock bit of
/// the state word, but for the low half of that word, which is time. Free entries are not live and have the next free index in place of the stamp.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct ConnectionEntry
{
    /// <summary>
    /// The <see cref="Stamp"/> of a connection that no rules have checked yet, as it came from a stream. Generations count from 1; the one in
    /// 2^32 that would be stamped so costs its connections a check too many.
    /// </summary>
    public const uint Unchecked = 0;

    [FieldOffset(0)]
    public ulong Addresses;

    [FieldOffset(8)]
    public ulong Ends;

    [FieldOffset(16)]
    public uint VlanAndProtocol;

    /// <summary>Generation of the rules that admitted the connection last, or <see cref="Unchecked"/>.</summary>
    [FieldOffset(20)]
    public uint Stamp;

    /// <summary>Free entries: the next one's index plus one.</summary>
    [FieldOffset(20)]
    public uint NextFree;

    [FieldOffset(24)]
    public ulong StateWord;

    [FieldOffset(24)]
    private uint _lowHalf;

    [FieldOffset(28)]
    private uint _highHalf;

    [FieldOffset(32)]
    public TcpSide Initiator;

    [FieldOffset(48)]
    public TcpSide Responder;

    /// <summary>All but TCP: time of the first packet, ms.</summary>
    [FieldOffset(32)]
    public long CreatedMilliseconds;

    public ConnectionEntry(in FlowKey key)
    {
        Addresses = key.AddressWord;
        Ends = key.Ends;
        VlanAndProtocol = key.VlanAndProtocol;
    }

    /// <summary>The half of the state word that holds nothing but time.</summary>
    [UnscopedRef]
    public ref uint LowTime
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref BitConverter.IsLittleEndian ? ref _lowHalf : ref _highHalf;
    }

    /// <summary>The half of the state word that holds all the rest.</summary>
    [UnscopedRef]
    public ref uint HighState
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref BitConverter.IsLittleEndian ? ref _highHalf : ref _lowHalf;
    }

    /// <summary>One end's side of a TCP window; found without a branch, as either end may send next.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref TcpSide Side(bool ofInitiator) => ref Unsafe.Add(ref Initiator, ofInitiator ? 0 : 1);

    public readonly bool IsIPv6 => FlowKey.IsOfIPv6(Ends);

    public readonly uint Zone => FlowKey.ZoneOf(Ends);

    /// <summary>Compares the key octets; for IPv6 the addresses themselves are still to be compared.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool HasKey(in FlowKey key) => Vector128.LoadUnsafe(in Addresses) == key.Words && VlanAndProtocol == key.VlanAndProtocol;
}
