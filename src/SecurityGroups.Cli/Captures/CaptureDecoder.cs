using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace SecurityGroups.Cli.Captures;

/// <summary>
/// One file format, record by record. <see cref="CaptureReader"/> shows a decoder the first <see cref="HeaderOctets"/> of each record, learns its
/// length, gathers that many octets and has them decoded. What makes no sense throws <see cref="DamagedRecordException"/>.
/// </summary>
internal abstract class CaptureDecoder
{
    /// <summary>Octets by which every format can be told.</summary>
    public const int MagicOctets = 4;

    /// <summary>
    /// Longest record believed. Far above any packet (libpcap stops at 256 KiB) and what Wireshark believes of a pcapng block;
    /// a longer one is a damaged length, and nothing is gathered for it.
    /// </summary>
    protected const int MaxRecordOctets = 16 << 20;

    private const uint PcapngMagic = 0x0A0D0D0A;
    private const uint PcapMicrosecondsMagic = 0xA1B2C3D4;
    private const uint PcapNanosecondsMagic = 0xA1B23C4D;
    private const ushort GzipMagic = 0x1F8B;

    /// <summary>Octets of the next record that tell its length.</summary>
    public abstract int HeaderOctets { get; }

    /// <summary>The decoder for a file that begins with these four octets.</summary>
    public static CaptureDecoder Create(ReadOnlySpan<byte> magic)
    {
        uint big = BinaryPrimitives.ReadUInt32BigEndian(magic);
        uint little = BinaryPrimitives.ReverseEndianness(big);
        return (big, little) switch
        {
            (PcapngMagic, _) => new PcapngDecoder(),
            (PcapMicrosecondsMagic, _) => new PcapDecoder(new ByteOrder(true), 1000),
            (PcapNanosecondsMagic, _) => new PcapDecoder(new ByteOrder(true), 1),
            (_, PcapMicrosecondsMagic) => new PcapDecoder(new ByteOrder(false), 1000),
            (_, PcapNanosecondsMagic) => new PcapDecoder(new ByteOrder(false), 1),
            _ when big >> 16 == GzipMagic => throw new CaptureException("it is packed with gzip; unpack it first, or pipe it through gzip -dc and read '-'"),
            _ => throw new CaptureException("it is neither a pcap nor a pcapng file"),
        };
    }

    /// <summary>Octets of the whole record that begins with this header.</summary>
    public abstract int RecordOctets(ReadOnlySpan<byte> header);

    /// <summary>Reads a whole record; false when it holds no packet.</summary>
    public abstract bool TryDecode(ReadOnlyMemory<byte> record, out CapturedPacket packet);

    /// <summary>A packet with its lengths checked against each other and against the room its record has.</summary>
    protected static CapturedPacket Packet(long nanoseconds, int linkType, uint originalLength, uint capturedLength, ReadOnlyMemory<byte> room)
    {
        if (capturedLength > room.Length)
        {
            Damaged($"a packet claims {capturedLength} captured octets, but its record has room for {room.Length}");
        }

        if (originalLength > int.MaxValue)
        {
            Damaged($"a packet claims an original length of {originalLength} octets");
        }

        // Some writers leave the original length below the captured one; the octets are there, so they count.
        int original = Math.Max((int)originalLength, (int)capturedLength);
        return new CapturedPacket(0, nanoseconds, linkType, original, room[..(int)capturedLength]);
    }

    [DoesNotReturn]
    protected static void Damaged(string what) => throw new DamagedRecordException(what);
}
