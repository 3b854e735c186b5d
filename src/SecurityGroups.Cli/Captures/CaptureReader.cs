using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace SecurityGroups.Cli.Captures;

/// <summary>
/// Reads a capture, pcap or pcapng, packet by packet from a pipe. Every packet before a damage is delivered; then one
/// <see cref="CaptureException"/> says what is wrong and how far the reader got. A packet that lies in one piece in the pipe's buffer
/// is handed out where it lies; others are put together in one scratch buffer that grows to the largest of them.
/// </summary>
internal sealed class CaptureReader(PipeReader input, string name)
{
    private CaptureDecoder? _decoder;
    private byte[] _scratch = [];
    private long _offset;

    /// <summary>Packets delivered so far.</summary>
    public long PacketCount { get; private set; }

    /// <summary>The packets in the order of the file; each is valid until the next is asked for.</summary>
    /// <exception cref="CaptureException">The capture is damaged or no capture; everything before was delivered.</exception>
    public async IAsyncEnumerable<CapturedPacket> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            ReadResult result = await ReadInputAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            while (TryTakeRecord(ref buffer, out ReadOnlySequence<byte> record))
            {
                if (TryDecode(record, out CapturedPacket packet))
                {
                    yield return packet;
                }

                _offset += record.Length;
            }

            if (result.IsCompleted)
            {
                EnsureEndsWell(buffer.Length);
                yield break;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private async ValueTask<ReadResult> ReadInputAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await input.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException(string.Create(CultureInfo.InvariantCulture, $"{name}: cannot be read beyond packet {PacketCount}: {exception.Message}"));
        }
    }

    private bool TryTakeRecord(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> record)
    {
        record = default;
        if ((_decoder ??= CreateDecoder(buffer)) is not { } decoder || buffer.Length < decoder.HeaderOctets)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[decoder.HeaderOctets];
        buffer.Slice(0, header.Length).CopyTo(header);
        int length;
        try
        {
            length = decoder.RecordOctets(header);
        }
        catch (DamagedRecordException damage)
        {
            throw Damaged(damage.Message);
        }

        if (buffer.Length < length)
        {
            return false;
        }

        record = buffer.Slice(0, length);
        buffer = buffer.Slice(length);
        return true;
    }

    private CaptureDecoder? CreateDecoder(ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < CaptureDecoder.MagicOctets)
        {
            return null;
        }

        Span<byte> magic = stackalloc byte[CaptureDecoder.MagicOctets];
        buffer.Slice(0, magic.Length).CopyTo(magic);
        try
        {
            return CaptureDecoder.Create(magic);
        }
        catch (CaptureException unknown)
        {
            throw new CaptureException($"{name}: {unknown.Message}.");
        }
    }

    private bool TryDecode(ReadOnlySequence<byte> record, out CapturedPacket packet)
    {
        try
        {
            if (!_decoder!.TryDecode(InOnePiece(record), out packet))
            {
                return false;
            }
        }
        catch (DamagedRecordException damage)
        {
            throw Damaged(damage.Message);
        }

        packet = packet with { Number = ++PacketCount };
        return true;
    }

    private ReadOnlyMemory<byte> InOnePiece(ReadOnlySequence<byte> record)
    {
        if (record.IsSingleSegment)
        {
            return record.First;
        }

        int length = (int)record.Length;
        if (_scratch.Length < length)
        {
            _scratch = new byte[Math.Max(length, _scratch.Length * 2)];
        }

        record.CopyTo(_scratch);
        return _scratch.AsMemory(0, length);
    }

    private void EnsureEndsWell(long leftOver)
    {
        if (_decoder is null)
        {
            throw new CaptureException(leftOver == 0 ? $"{name}: it is empty, not a capture." : $"{name}: it is too short to be a capture.");
        }

        // A pcap file without its whole header holds nothing either.
        if (leftOver > 0)
        {
            throw Damaged("it ends in the middle of a record");
        }
    }

    private CaptureException Damaged(string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{name}: damaged at octet {_offset}, after {PacketCount} packets: {what}."));
}
