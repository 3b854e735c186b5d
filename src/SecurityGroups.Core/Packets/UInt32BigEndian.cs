using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>A 32-bit number as it lies on the wire.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct UInt32BigEndian(uint value)
{
    private readonly uint _wire = Swap(value);

    public static implicit operator uint(UInt32BigEndian field) => Swap(field._wire);

    private static uint Swap(uint value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
}
