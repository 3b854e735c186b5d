using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>A 16-bit number as it lies on the wire.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct UInt16BigEndian(ushort value)
{
    private readonly ushort _wire = Swap(value);

    public static implicit operator ushort(UInt16BigEndian field) => Swap(field._wire);

    private static ushort Swap(ushort value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
}
