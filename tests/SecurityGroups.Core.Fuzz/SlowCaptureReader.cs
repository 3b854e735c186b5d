using System.Buffers.Binary;
using System.Numerics;
using SecurityGroups.Cli.Captures;

namespace SecurityGroups.Fuzz;

/// <summary>A capture read from an array, by the book (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng), without streaming, without messages.</summary>
internal sealed class SlowCaptureReader
{
    private const int MostOctets = 16 << 20;

    private readonly byte[] _file;
    private readonly List<CapturedPacket> _packets = [];
    private readonly List<(int LinkType, uint SnapLength, byte Resolution, long Offset)> _interfaces = [];
    private bool _bigEndian;
    private long _latest;

    private SlowCaptureReader(byte[] file) => _file = file;

    /// <summary>The packets before the first damage, and whether there is none.</summary>
    public static (List<CapturedPacket> Packets, bool IsWhole) Read(byte[] file)
    {
        SlowCaptureReader reader = new(file);
        bool isWhole = file.Length >= 4 && (BinaryPrimitives.ReadUInt32BigEndian(file) == 0x0A0D0D0A ? reader.ReadBlocks() : reader.ReadRecords());
        return (reader._packets, isWhole);
    }

    private bool ReadRecords()
    {
        (uint big, uint little) = (BinaryPrimitives.ReadUInt32BigEndian(_file), BinaryPrimitives.ReadUInt32LittleEndian(_file));
        _bigEndian = big is 0xA1B2C3D4 or 0xA1B23C4D;
        uint magic = _bigEndian ? big : little;
        if (magic is not (0xA1B2C3D4 or 0xA1B23C4D) || _file.Length < 24 || U16(4) != 2 || U16(6) != 4)
        {
            return false;
        }

        int linkType = (int)(U32(20) & 0xFFFF);
        for (int at = 24; at < _file.Length;)
        {
            if (_file.Length - at < 16 || U32(at + 8) > MostOctets - 16)
            {
                return false;
            }

            long nanoseconds = (U32(at) * 1_000_000_000L) + (U32(at + 4) * (magic == 0xA1B2C3D4 ? 1000L : 1L));
            long end = at + 16L + U32(at + 8);
            if (!TryAdd(nanoseconds, linkType, U32(at + 8), U32(at + 12), at + 16, end))
            {
                return false;
            }

            at = (int)end;
        }

        return true;
    }

    private bool ReadBlocks()
    {
        for (int at = 0; at < _file.Length;)
        {
            if (_file.Length - at < 12 || !TryFindOrder(at))
            {
                return false;
            }

            uint length = U32(at + 4);
            if (length is < 12 or > MostOctets || length % 4 != 0 || at + length > _file.Length)
            {
                return false;
            }

            int end = at + (int)length - 4;
            if (U32(end) != length || !ReadBlock(U32(at), at + 8, end))
            {
                return false;
            }

            at = end + 4;
        }

        return true;
    }

    private bool TryFindOrder(int at)
    {
        if (BinaryPrimitives.ReadUInt32BigEndian(_file.AsSpan(at)) == 0x0A0D0D0A)
        {
            uint magic = BinaryPrimitives.ReadUInt32BigEndian(_file.AsSpan(at + 8));
            _bigEndian = magic == 0x1A2B3C4D;
            return magic is 0x1A2B3C4D or 0x4D3C2B1A;
        }

        return true;
    }

    private bool ReadBlock(uint type, int at, int end) => type switch
    {
        0x0A0D0D0A => ReadSection(at, end),
        1 => ReadInterface(at, end),
        2 => end - at >= 20 && ReadTimed(U16(at), at, end),
        6 => end - at >= 20 && ReadTimed(U32(at), at, end),
        3 => end - at >= 4 && ReadSimple(at, end),
        _ => true,
    };

    private bool ReadSection(int at, int end)
    {
        _interfaces.Clear();
        return end - at >= 16 && U16(at + 4) == 1;
    }

    private bool ReadInterface(int at, int end)
    {
        if (end - at < 8)
        {
            return false;
        }

        (byte resolution, long offset) = ((byte)6, 0L);
        for (int option = at + 8; end - option >= 4 && U16(option) != 0;)
        {
            int length = U16(option + 2);
            int next = option + 4 + length + (-length & 3);
            if (next > end)
            {
                return false;
            }

            resolution = U16(option) == 9 && length == 1 ? _file[option + 4] : resolution;
            offset = U16(option) == 14 && length == 8 ? I64(option + 4) : offset;
            option = next;
        }

        _interfaces.Add((U16(at), U32(at + 4), resolution, offset));
        return true;
    }

    private bool ReadTimed(uint number, int at, int end)
    {
        if (number >= _interfaces.Count)
        {
            return false;
        }

        (int linkType, _, byte resolution, long offset) = _interfaces[(int)number];
        _latest = Nanoseconds(((ulong)U32(at + 4) << 32) | U32(at + 8), resolution, offset);
        return TryAdd(_latest, linkType, U32(at + 12), U32(at + 16), at + 20, end);
    }

    private bool ReadSimple(int at, int end)
    {
        if (_interfaces.Count == 0)
        {
            return false;
        }

        (int linkType, uint snapLength, _, _) = _interfaces[0];
        uint captured = snapLength == 0 ? U32(at) : Math.Min(U32(at), snapLength);
        return TryAdd(_latest, linkType, captured, U32(at), at + 4, end);
    }

    // Exactly, then cut to what a long holds.
    private static long Nanoseconds(ulong ticks, byte resolution, long offset)
    {
        BigInteger perSecond = BigInteger.Pow((resolution & 0x80) != 0 ? 2 : 10, resolution & 0x7F);
        BigInteger nanoseconds = (new BigInteger(ticks) * 1_000_000_000 / perSecond) + (new BigInteger(offset) * 1_000_000_000);
        return (long)BigInteger.Clamp(nanoseconds, long.MinValue, long.MaxValue);
    }

    private bool TryAdd(long nanoseconds, int linkType, uint captured, uint original, int at, long end)
    {
        if (captured > end - at || end > _file.Length || original > int.MaxValue)
        {
            return false;
        }

        byte[] data = _file[at..(at + (int)captured)];
        _packets.Add(new CapturedPacket(_packets.Count + 1, nanoseconds, linkType, Math.Max((int)original, data.Length), data));
        return true;
    }

    private ushort U16(int at) => _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(_file.AsSpan(at)) : BinaryPrimitives.ReadUInt16LittleEndian(_file.AsSpan(at));

    private uint U32(int at) => _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(_file.AsSpan(at)) : BinaryPrimitives.ReadUInt32LittleEndian(_file.AsSpan(at));

    private long I64(int at) => _bigEndian ? BinaryPrimitives.ReadInt64BigEndian(_file.AsSpan(at)) : BinaryPrimitives.ReadInt64LittleEndian(_file.AsSpan(at));
}
