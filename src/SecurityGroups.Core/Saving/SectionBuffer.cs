using System.Buffers.Binary;

namespace SecurityGroups.Saving;

/// <summary>The memory of one section at a time, and the checksum of all of them. Begin, write into <see cref="Free"/>, advance, end.</summary>
internal sealed class SectionBuffer
{
    private readonly byte[] _octets = new byte[ConnectionStreamFormat.SectionStartOctets + ConnectionStreamFormat.MaxPayloadOctets + ConnectionStreamFormat.ChecksumOctets];
    private Crc32C _crc = Crc32C.Create();
    private int _length;

    /// <summary>Where the next record goes.</summary>
    public Span<byte> Free => _octets.AsSpan(_length, _octets.Length - ConnectionStreamFormat.ChecksumOctets - _length);

    /// <summary>The first octets of a stream.</summary>
    public ReadOnlyMemory<byte> Header(long? savedAt)
    {
        OctetWriter writer = new(_octets);
        writer.Octets(ConnectionStreamFormat.Magic);
        writer.UInt16(ConnectionStreamFormat.Version);
        writer.UInt16(0);
        writer.UInt64((ulong)(savedAt ?? ConnectionStreamFormat.NoDate));
        _length = writer.Written;
        return Seal();
    }

    public void Begin(SectionKind kind)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_octets, (uint)kind);
        _length = ConnectionStreamFormat.SectionStartOctets;
    }

    public void Advance(int octets) => _length += octets;

    /// <summary>The whole section; valid until the next begins.</summary>
    public ReadOnlyMemory<byte> End()
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_octets.AsSpan(sizeof(uint)), (uint)(_length - ConnectionStreamFormat.SectionStartOctets));
        return Seal();
    }

    private ReadOnlyMemory<byte> Seal()
    {
        _crc.Append(_octets.AsSpan(0, _length));
        BinaryPrimitives.WriteUInt32LittleEndian(_octets.AsSpan(_length), _crc.Value);
        return _octets.AsMemory(0, _length + ConnectionStreamFormat.ChecksumOctets);
    }
}
