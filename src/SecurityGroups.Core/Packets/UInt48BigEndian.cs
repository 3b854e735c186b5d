using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>A 48-bit number as it lies on the wire: an Ethernet address.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct UInt48BigEndian(ulong value)
{
    private readonly UInt32BigEndian _high = new((uint)(value >> 16));
    private readonly UInt16BigEndian _low = new((ushort)value);

    public static implicit operator ulong(UInt48BigEndian field) => ((ulong)field._high << 16) | field._low;
}
