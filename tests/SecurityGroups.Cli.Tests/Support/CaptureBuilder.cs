using System.Buffers.Binary;

namespace SecurityGroups.Tests.Support;

/// <summary>Writes captures by hand, octet by octet, in either byte order; knows nothing of the readers.</summary>
internal sealed class CaptureBuilder(bool bigEndian = false)
{
    public const uint Microseconds = 0xA1B2C3D4;
    public const uint Nanoseconds = 0xA1B23C4D;

    private readonly List<byte> _octets = [];

    public byte[] ToArray() => [.. _octets];

    public CaptureBuilder PcapHeader(int linkType, uint magic = Microseconds, int major = 2, int minor = 4) =>
        U32(magic).U16(major).U16(minor).U32(0).U32(0).U32(65535).U32((uint)linkType);

    public CaptureBuilder PcapPacket(uint seconds, uint fraction, byte[] data, int? originalLength = null, uint? claimedLength = null) =>
        U32(seconds).U32(fraction).U32(claimedLength ?? (uint)data.Length).U32((uint)(originalLength ?? data.Length)).Octets(data);

    public CaptureBuilder Section() => Block(0x0A0D0D0A, body => body.U32(0x1A2B3C4D).U16(1).U16(0).U32(uint.MaxValue).U32(uint.MaxValue));

    public CaptureBuilder Interface(int linkType, byte? resolution = null, long? offset = null, uint snapLength = 0) => Block(1, body =>
    {
        body.U16(linkType).U16(0).U32(snapLength);
        if (resolution is { } value)
        {
            body.U16(9).U16(1).Octets([value, 0, 0, 0]);
        }

        if (offset is { } seconds)
        {
            body.U16(14).U16(8).I64(seconds);
        }

        body.U16(0).U16(0);
    });

    public CaptureBuilder Enhanced(uint source, ulong ticks, byte[] data, int? originalLength = null) => Block(6, body =>
        body.U32(source).U32((uint)(ticks >> 32)).U32((uint)ticks).U32((uint)data.Length).U32((uint)(originalLength ?? data.Length)).Padded(data));

    public CaptureBuilder Simple(byte[] data, int? originalLength = null) =>
        Block(3, body => body.U32((uint)(originalLength ?? data.Length)).Padded(data));

    public CaptureBuilder Obsolete(int source, ulong ticks, byte[] data) => Block(2, body =>
        body.U16(source).U16(0).U32((uint)(ticks >> 32)).U32((uint)ticks).U32((uint)data.Length).U32((uint)data.Length).Padded(data));

    public CaptureBuilder Block(uint type, Action<CaptureBuilder> fill)
    {
        CaptureBuilder body = new(bigEndian);
        fill(body);
        uint length = (uint)(body._octets.Count + 12);
        return U32(type).U32(length).Octets(body.ToArray()).U32(length);
    }

    public CaptureBuilder Octets(ReadOnlySpan<byte> octets)
    {
        _octets.AddRange(octets);
        return this;
    }

    public CaptureBuilder U16(int value)
    {
        Span<byte> octets = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)value);
        return Number(octets);
    }

    public CaptureBuilder U32(uint value)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return Number(octets);
    }

    private CaptureBuilder I64(long value)
    {
        Span<byte> octets = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(octets, value);
        return Number(octets);
    }

    private CaptureBuilder Padded(byte[] data) => Octets(data).Octets(new byte[-data.Length & 3]);

    private CaptureBuilder Number(Span<byte> octets)
    {
        if (!bigEndian)
        {
            octets.Reverse();
        }

        return Octets(octets);
    }
}
