using System.Buffers.Binary;

namespace SecurityGroups.Cli.Captures;

/// <summary>
/// The pcapng format: sections, each in its own byte order and with its own interfaces, of length-framed blocks (draft-ietf-opsawg-pcapng).
/// Packets come from enhanced, simple and the obsolete packet blocks; blocks of other types are stepped over.
/// </summary>
internal sealed class PcapngDecoder : CaptureDecoder
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint InterfaceDescription = 1;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const int MajorVersion = 1;

    // Type and length before the body, the length once more behind it.
    private const int BlockOverhead = 12;
    private const int BodyOffset = 8;
    private const int TrailerOctets = 4;

    private const ushort EndOfOptions = 0;
    private const ushort TimestampResolution = 9;
    private const ushort TimestampOffset = 14;

    private readonly List<PcapngInterface> _interfaces = [];
    private ByteOrder _order;
    private long _lastNanoseconds;

    public override int HeaderOctets => BlockOverhead;

    public override int RecordOctets(ReadOnlySpan<byte> header)
    {
        // The type of a section header reads the same in either byte order; the magic number behind its length tells which one rules.
        if (_order.UInt32(header) == SectionHeader)
        {
            _order = OrderOf(header[BodyOffset..]);
        }

        uint length = _order.UInt32(header[4..]);
        if (length is < BlockOverhead or > MaxRecordOctets || length % 4 != 0)
        {
            Damaged($"a block claims a length of {length} octets");
        }

        return (int)length;
    }

    public override bool TryDecode(ReadOnlyMemory<byte> record, out CapturedPacket packet)
    {
        packet = default;
        ReadOnlySpan<byte> octets = record.Span;
        if (_order.UInt32(octets[^TrailerOctets..]) != octets.Length)
        {
            Damaged("the two lengths of a block differ");
        }

        ReadOnlyMemory<byte> body = record[BodyOffset..^TrailerOctets];
        switch (_order.UInt32(octets))
        {
            case SectionHeader:
                StartSection(body.Span);
                return false;
            case InterfaceDescription:
                AddInterface(body.Span);
                return false;
            case SimplePacket:
                packet = DecodeSimple(body);
                return true;
            case EnhancedPacket:
                packet = DecodeTimed(body, _order.UInt32(Fixed(body.Span, 20)));
                return true;
            case ObsoletePacket:
                packet = DecodeTimed(body, _order.UInt16(Fixed(body.Span, 20)));
                return true;
            default:
                return false;
        }
    }

    private static ByteOrder OrderOf(ReadOnlySpan<byte> magic)
    {
        if (BinaryPrimitives.ReadUInt32BigEndian(magic) == ByteOrderMagic)
        {
            return new ByteOrder(true);
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(magic) != ByteOrderMagic)
        {
            Damaged("a section header has no byte-order magic");
        }

        return new ByteOrder(false);
    }

    private static ReadOnlySpan<byte> Fixed(ReadOnlySpan<byte> body, int octets)
    {
        if (body.Length < octets)
        {
            Damaged("a block is shorter than its fixed part");
        }

        return body;
    }

    private void StartSection(ReadOnlySpan<byte> body)
    {
        int major = _order.UInt16(Fixed(body, 16)[4..]);
        if (major != MajorVersion)
        {
            Damaged($"pcapng version {major} is not {MajorVersion}");
        }

        _interfaces.Clear();
    }

    private void AddInterface(ReadOnlySpan<byte> body)
    {
        int linkType = _order.UInt16(Fixed(body, 8));
        byte resolution = 6;
        long offsetSeconds = 0;
        ReadOnlySpan<byte> options = body[8..];
        while (options.Length >= 4 && _order.UInt16(options) is var code and not EndOfOptions)
        {
            int length = _order.UInt16(options[2..]);
            int padded = (length + 3) & ~3;
            options = options[4..];
            if (padded > options.Length)
            {
                Damaged("an option leaves its block");
            }

            if (code == TimestampResolution && length == 1)
            {
                resolution = options[0];
            }
            else if (code == TimestampOffset && length == 8)
            {
                offsetSeconds = _order.Int64(options);
            }

            options = options[padded..];
        }

        _interfaces.Add(new PcapngInterface(linkType, _order.UInt32(body[4..]), new TimestampScale(resolution, offsetSeconds)));
    }

    /// <summary>Enhanced and obsolete packet blocks: the same layout but for the width of the interface number.</summary>
    private CapturedPacket DecodeTimed(ReadOnlyMemory<byte> body, uint interfaceNumber)
    {
        ReadOnlySpan<byte> octets = body.Span;
        PcapngInterface source = Interface(interfaceNumber);
        ulong ticks = ((ulong)_order.UInt32(octets[4..]) << 32) | _order.UInt32(octets[8..]);
        _lastNanoseconds = source.Time.ToNanoseconds(ticks);
        return Packet(_lastNanoseconds, source.LinkType, _order.UInt32(octets[16..]), _order.UInt32(octets[12..]), body[20..]);
    }

    /// <summary>A simple packet block has neither interface nor time: the section's first interface, the time of the packet before.</summary>
    private CapturedPacket DecodeSimple(ReadOnlyMemory<byte> body)
    {
        uint original = _order.UInt32(Fixed(body.Span, 4));
        PcapngInterface source = Interface(0);
        uint captured = source.SnapLength == 0 ? original : Math.Min(original, source.SnapLength);
        return Packet(_lastNanoseconds, source.LinkType, original, captured, body[4..]);
    }

    private PcapngInterface Interface(uint number)
    {
        if (number >= _interfaces.Count)
        {
            Damaged($"a packet names interface {number}, but the section describes {_interfaces.Count}");
        }

        return _interfaces[(int)number];
    }
}
