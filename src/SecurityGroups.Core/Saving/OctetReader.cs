using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace SecurityGroups.Saving;

/// <summary>Reads numbers one after the other, little-endian, and knows their place in the stream, so that what is wrong can be shown.</summary>
internal ref struct OctetReader(ReadOnlySpan<byte> octets, long offset)
{
    private readonly ReadOnlySpan<byte> _octets = octets;
    private readonly long _offset = offset;
    private int _read;
    private int _last;

    public readonly bool IsAtEnd => _read == _octets.Length;

    public byte Byte() => Next(sizeof(byte))[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Next(sizeof(ushort)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Next(sizeof(uint)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Next(sizeof(ulong)));

    /// <summary>An address in network order.</summary>
    public UInt128 Address(Ethertype ethertype) => ethertype == Ethertype.IPv4
        ? BinaryPrimitives.ReadUInt32BigEndian(Next(4))
        : BinaryPrimitives.ReadUInt128BigEndian(Next(16));

    public ReadOnlySpan<byte> Octets(int count) => Next(count);

    /// <summary>Refuses the stream at the value read last unless something holds of it.</summary>
    /// <exception cref="ConnectionStreamException">It does not.</exception>
    public readonly void Require(bool holds, string expected)
    {
        if (!holds)
        {
            Throw(_last, expected);
        }
    }

    private ReadOnlySpan<byte> Next(int count)
    {
        _last = _read;
        if (count > _octets.Length - _read)
        {
            Throw(_octets.Length, "a whole record in its section");
        }

        _read += count;
        return _octets.Slice(_last, count);
    }

    [DoesNotReturn]
    private readonly void Throw(int place, string expected) => throw new ConnectionStreamException(_offset + place, expected);
}
