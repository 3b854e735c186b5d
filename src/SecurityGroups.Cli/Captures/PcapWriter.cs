using System.Buffers.Binary;

namespace SecurityGroups.Cli.Captures;

/// <summary>Writes a nanosecond pcap file; its one link type is that of the first packet.</summary>
internal sealed class PcapWriter(Stream output, string name) : CaptureWriter(output)
{
    private const uint NanosecondsMagic = 0xA1B23C4D;
    private const uint SnapLength = 262_144;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private int? _linkType;

    public override void Write(in CapturedPacket packet)
    {
        WriteFileHeaderOnce(packet.LinkType);
        if (packet.LinkType != _linkType)
        {
            throw new CaptureException(
                $"{name}: a pcap file holds one link type, and packet {packet.Number} would mix {packet.LinkType} into {_linkType}; give the file the ending .pcapng.");
        }

        Span<byte> header = stackalloc byte[16];
        (long seconds, long nanoseconds) = SplitTime(packet.Nanoseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)nanoseconds);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], packet.Data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], packet.OriginalLength);
        Output.Write(header);
        Output.Write(packet.Data.Span);
    }

    protected override void Finish() => WriteFileHeaderOnce(LinkTypes.Ethernet);

    /// <summary>Seconds and the nanoseconds above them; a time that 32 bits of seconds cannot hold (1970 to 2106) becomes the nearest that they can.</summary>
    private static (long Seconds, long Nanoseconds) SplitTime(long nanoseconds)
    {
        long held = Math.Clamp(nanoseconds, 0, ((uint.MaxValue + 1L) * NanosecondsPerSecond) - 1);
        return Math.DivRem(held, NanosecondsPerSecond);
    }

    private void WriteFileHeaderOnce(int linkType)
    {
        if (_linkType is not null)
        {
            return;
        }

        _linkType = linkType;
        Span<byte> header = stackalloc byte[24];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, NanosecondsMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], SnapLength);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], linkType);
        Output.Write(header);
    }
}
