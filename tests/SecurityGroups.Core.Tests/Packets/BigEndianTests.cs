using System.Runtime.InteropServices;
using SecurityGroups.Packets;

namespace SecurityGroups.Tests.Packets;

/// <summary>Numbers as they lie on the wire, both ways.</summary>
public sealed class BigEndianTests
{
    [Fact]
    public void UInt16_OnTheWire_HasItsHighOctetFirst()
    {
        UInt16BigEndian field = new(0x0102);
        Assert.Equal("0102", Wire(field));
        Assert.Equal(0x0102, field);
    }

    [Fact]
    public void UInt32_OnTheWire_HasItsHighOctetFirst()
    {
        UInt32BigEndian field = new(0x01020304);
        Assert.Equal("01020304", Wire(field));
        Assert.Equal(0x01020304u, field);
    }

    [Fact]
    public void UInt48_OnTheWire_HasItsHighOctetFirst()
    {
        UInt48BigEndian field = new(0x010203040506);
        Assert.Equal("010203040506", Wire(field));
        Assert.Equal(0x010203040506ul, field);
    }

    [Fact]
    public void UInt128_OnTheWire_HasItsHighOctetFirst()
    {
        UInt128 value = new(0x0102030405060708, 0x090A0B0C0D0E0F10);
        UInt128BigEndian field = new(value);
        Assert.Equal("0102030405060708090A0B0C0D0E0F10", Wire(field));
        Assert.Equal(value, (UInt128)field);
    }

    private static string Wire<T>(T field)
        where T : unmanaged => Convert.ToHexString(MemoryMarshal.AsBytes([field]));
}
