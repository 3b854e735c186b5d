using System.Buffers.Binary;

namespace SecurityGroups.Cli.Captures;

/// <summary>Writes a pcapng file of one section: an interface per link type, in nanoseconds, and an enhanced block per packet.</summary>
internal sealed class PcapngWriter(Stream output) : CaptureWriter(output)
{
    private const byte Nanoseconds = 9;

    private readonly List<int> _linkTypes = [];
    private bool _sectionWritten;

    public override void Write(in CapturedPacket packet)
    {
        WriteSectionOnce();
        int source = InterfaceOf(packet.LinkType);
        int padding = -packet.Data.Length & 3;
        int length = 32 + packet.Data.Length + padding;

        // Ticks have no sign: a time before 1970 becomes the nearest that there is.
        long nanoseconds = Math.Max(0, packet.Nanoseconds);
        Span<byte> head = stackalloc byte[28];
        BinaryPrimitives.WriteUInt32LittleEndian(head, 6);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], length);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], source);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], (uint)(nanoseconds >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], (uint)nanoseconds);
        BinaryPrimitives.WriteInt32LittleEndian(head[20..], packet.Data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[24..], packet.OriginalLength);
        Span<byte> tail = stackalloc byte[padding + 4];
        tail.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(tail[padding..], length);
        Output.Write(head);
        Output.Write(packet.Data.Span);
        Output.Write(tail);
    }

    protected override void Finish() => WriteSectionOnce();

    private void WriteSectionOnce()
    {
        if (_sectionWritten)
        {
            return;
        }

        _sectionWritten = true;
        Span<byte> block = stackalloc byte[28];
        block.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(block, 0x0A0D0D0A);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], block.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], 0x1A2B3C4D);
        BinaryPrimitives.WriteUInt16LittleEndian(block[12..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], -1);
        BinaryPrimitives.WriteInt32LittleEndian(block[24..], block.Length);
        Output.Write(block);
    }

    private int InterfaceOf(int linkType)
    {
        int known = _linkTypes.IndexOf(linkType);
        if (known >= 0)
        {
            return known;
        }

        // Link type, no snap length, if_tsresol = 10^-9 s, end of options.
        Span<byte> block = stackalloc byte[32];
        block.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(block, 1);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], block.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(block[8..], (ushort)linkType);
        BinaryPrimitives.WriteUInt16LittleEndian(block[16..], 9);
        BinaryPrimitives.WriteUInt16LittleEndian(block[18..], 1);
        block[20] = Nanoseconds;
        BinaryPrimitives.WriteInt32LittleEndian(block[28..], block.Length);
        Output.Write(block);
        _linkTypes.Add(linkType);
        return _linkTypes.Count - 1;
    }
}
