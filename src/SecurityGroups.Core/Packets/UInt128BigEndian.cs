using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>A 128-bit number as it lies on the wire: an IPv6 address.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct UInt128BigEndian(UInt128 value)
{
    private readonly ulong _high = Swap((ulong)(value >> 64));
    private readonly ulong _low = Swap((ulong)value);

    public static implicit operator UInt128(UInt128BigEndian field) => new(Swap(field._high), Swap(field._low));

    private static ulong Swap(ulong value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
}
