namespace SecurityGroups.Cli.Captures;

/// <summary>The classic pcap format: one file header, then packet records (draft-ietf-opsawg-pcap).</summary>
internal sealed class PcapDecoder(ByteOrder order, uint nanosecondsPerFraction) : CaptureDecoder
{
    private const int FileHeaderOctets = 24;
    private const int RecordHeaderOctets = 16;
    private const int MajorVersion = 2;
    private const int MinorVersion = 4;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private bool _headerRead;
    private int _linkType;

    public override int HeaderOctets => _headerRead ? RecordHeaderOctets : FileHeaderOctets;

    public override int RecordOctets(ReadOnlySpan<byte> header)
    {
        if (!_headerRead)
        {
            return FileHeaderOctets;
        }

        uint captured = order.UInt32(header[8..]);
        if (captured > MaxRecordOctets - RecordHeaderOctets)
        {
            Damaged($"a packet claims {captured} captured octets");
        }

        return RecordHeaderOctets + (int)captured;
    }

    public override bool TryDecode(ReadOnlyMemory<byte> record, out CapturedPacket packet)
    {
        ReadOnlySpan<byte> octets = record.Span;
        if (!_headerRead)
        {
            ReadFileHeader(octets);
            packet = default;
            return false;
        }

        long nanoseconds = (order.UInt32(octets) * NanosecondsPerSecond) + ((long)order.UInt32(octets[4..]) * nanosecondsPerFraction);
        packet = Packet(nanoseconds, _linkType, order.UInt32(octets[12..]), order.UInt32(octets[8..]), record[RecordHeaderOctets..]);
        return true;
    }

    private void ReadFileHeader(ReadOnlySpan<byte> header)
    {
        (int major, int minor) = (order.UInt16(header[4..]), order.UInt16(header[6..]));
        if ((major, minor) != (MajorVersion, MinorVersion))
        {
            Damaged($"pcap version {major}.{minor} is not {MajorVersion}.{MinorVersion}");
        }

        // The upper half tells the length of a frame check sequence, which stands behind everything that is read here.
        _linkType = (ushort)order.UInt32(header[20..]);
        _headerRead = true;
    }
}
