using System.Buffers.Binary;

namespace SecurityGroups.Saving;

/// <summary>Writes numbers one after the other, little-endian.</summary>
internal ref struct OctetWriter(Span<byte> octets)
{
    private readonly Span<byte> _octets = octets;

    /// <summary>Octets written so far.</summary>
    public int Written { get; private set; }

    public void Byte(byte value) => Next(sizeof(byte))[0] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Next(sizeof(ushort)), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Next(sizeof(uint)), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Next(sizeof(ulong)), value);

    /// <summary>An address in network order.</summary>
    public void Address(UInt128 value, Ethertype ethertype)
    {
        if (ethertype == Ethertype.IPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(Next(4), (uint)value);
        }
        else
        {
            BinaryPrimitives.WriteUInt128BigEndian(Next(16), value);
        }
    }

    public void Octets(ReadOnlySpan<byte> value) => value.CopyTo(Next(value.Length));

    private Span<byte> Next(int count)
    {
        Span<byte> next = _octets.Slice(Written, count);
        Written += count;
        return next;
    }
}
