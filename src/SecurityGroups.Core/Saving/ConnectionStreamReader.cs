using System.Buffers.Binary;
using System.Text;
using SecurityGroups.Tracking;

namespace SecurityGroups.Saving;

/// <summary>
/// Takes a stream apart, piece by piece: fill <see cref="Next"/>, tell how much came by <see cref="Accept"/>, until <see cref="IsComplete"/>. One
/// object a stream, one thread; the caller does the waiting.
/// </summary>
/// <remarks>
/// Believes nothing before its checksum: a length is bounded before that much is read, numbers of NICs and connections are counted, never
/// taken from the stream. Holds one section, and what <see cref="NicTargets"/> and <see cref="RestoreBatch"/> hold.
/// </remarks>
internal sealed class ConnectionStreamReader(NicTargets targets, RestoreBatch batch)
{
    private static readonly UTF8Encoding s_strictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _octets = new byte[ConnectionStreamFormat.SectionStartOctets + ConnectionStreamFormat.MaxPayloadOctets + ConnectionStreamFormat.ChecksumOctets];
    private Crc32C _crc = Crc32C.Create();
    private Part _part;
    private SectionKind _kind = SectionKind.Nics;
    private int _start;
    private int _length = ConnectionStreamFormat.HeaderOctets;
    private long _offset;
    private long _connections;

    private enum Part
    {
        Header,
        SectionStart,
        Section,
        Done,
    }

    public bool IsComplete => _part == Part.Done;

    /// <summary>When the stream was saved, Unix time in milliseconds; null when its saver did not know. Known when complete.</summary>
    public long? SavedAt { get; private set; }

    /// <summary>Where the next octets of the stream belong.</summary>
    public Memory<byte> Next => _octets.AsMemory(_start, _length - _start);

    /// <summary>Goes on after <see cref="Next"/> was filled; fewer <paramref name="octets"/> mean that the stream has no more.</summary>
    /// <exception cref="ConnectionStreamException">The stream is damaged, foreign, or ended.</exception>
    public void Accept(int octets)
    {
        Require(octets == _length - _start, _start + octets, "more octets");
        switch (_part)
        {
            case Part.Header:
                ReadHeader();
                break;
            case Part.SectionStart:
                ReadSectionStart();
                break;
            default:
                ReadSection();
                break;
        }
    }

    private ReadOnlySpan<byte> Checked => _octets.AsSpan(0, _length - ConnectionStreamFormat.ChecksumOctets);

    private void ReadHeader()
    {
        OctetReader reader = new(Checked, _offset);
        reader.Require(reader.Octets(ConnectionStreamFormat.Magic.Length).SequenceEqual(ConnectionStreamFormat.Magic), "the mark of saved connections");
        reader.Require(reader.UInt16() == ConnectionStreamFormat.Version, "version 1");
        RequireChecksum();
        reader.Require(reader.UInt16() == 0, "two octets of 0");
        long savedAt = (long)reader.UInt64();
        reader.Require(savedAt == ConnectionStreamFormat.NoDate || IsDate(savedAt), "a date of the years 1 to 9999, or none");
        SavedAt = savedAt == ConnectionStreamFormat.NoDate ? null : savedAt;
        BeginSection();
    }

    private void ReadSectionStart()
    {
        OctetReader reader = new(_octets.AsSpan(0, _length), _offset);
        SectionKind kind = (SectionKind)reader.UInt32();
        reader.Require(kind >= _kind && kind <= SectionKind.End, $"a section of kind {(uint)_kind} to {(uint)SectionKind.End}");
        uint payload = reader.UInt32();
        reader.Require(payload <= ConnectionStreamFormat.MaxPayloadOctets, $"at most {ConnectionStreamFormat.MaxPayloadOctets} octets in a section");
        _kind = kind;
        _part = Part.Section;
        _start = _length;
        _length += (int)payload + ConnectionStreamFormat.ChecksumOctets;
    }

    private void ReadSection()
    {
        RequireChecksum();
        OctetReader reader = new(Checked[ConnectionStreamFormat.SectionStartOctets..], _offset + ConnectionStreamFormat.SectionStartOctets);
        switch (_kind)
        {
            case SectionKind.Nics:
                ReadNics(ref reader);
                break;
            case SectionKind.Connections:
                ReadConnections(ref reader);
                break;
            default:
                ReadEnd(ref reader);
                return;
        }

        BeginSection();
    }

    private void ReadNics(ref OctetReader reader)
    {
        while (!reader.IsAtEnd)
        {
            int octets = reader.UInt16();
            reader.Require(octets is > 0 and <= ConnectionStreamFormat.MaxNicIdOctets, "1 to 765 octets of a NIC's id");
            reader.Require(targets.Count < ConnectionStreamFormat.MaxNics, "no more NICs");
            reader.Require(TryDecode(reader.Octets(octets), out string id), "UTF-8");
            targets.Add(id);
        }
    }

    private void ReadConnections(ref OctetReader reader)
    {
        while (!reader.IsAtEnd)
        {
            ConnectionImage image = ConnectionRecord.Read(ref reader, targets.Count, out int nic);
            batch.Add(image, targets[nic]);
            _connections++;
        }
    }

    private void ReadEnd(ref OctetReader reader)
    {
        reader.Require(reader.UInt64() == (ulong)_connections, $"{_connections}, the number of connections before");
        Require(reader.IsAtEnd, ConnectionStreamFormat.SectionStartOctets + sizeof(ulong), "no more in the last section");
        _part = Part.Done;
    }

    private void BeginSection()
    {
        _offset += _length;
        _part = Part.SectionStart;
        _start = 0;
        _length = ConnectionStreamFormat.SectionStartOctets;
    }

    private void RequireChecksum()
    {
        _crc.Append(Checked);
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(_octets.AsSpan(Checked.Length));
        Require(stored == _crc.Value, Checked.Length, $"checksum {_crc.Value:X8}, not {stored:X8}: an octet before is wrong");
    }

    private void Require(bool holds, int place, string expected)
    {
        if (!holds)
        {
            throw new ConnectionStreamException(_offset + place, expected);
        }
    }

    private static bool IsDate(long unixMilliseconds) =>
        unixMilliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && unixMilliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private static bool TryDecode(ReadOnlySpan<byte> octets, out string text)
    {
        try
        {
            text = s_strictUtf8.GetString(octets);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = "";
            return false;
        }
    }
}
