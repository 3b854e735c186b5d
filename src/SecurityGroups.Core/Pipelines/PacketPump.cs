using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;

namespace SecurityGroups.Pipelines;

/// <summary>
/// Moves one stream of packets through one NIC: take a burst of what has arrived, decide it, write what is allowed, flush, and only then take
/// the next, so that a slow reader of the output slows the input down. The input is advanced past a burst exactly when it was decided and
/// written: a call that follows a cancelled one on the same pipes loses and repeats nothing. One object a call, used by that call alone.
/// </summary>
internal sealed class PacketPump(
    NicFilter nic, Direction direction, PipeReader reader, PipeWriter writer, PacketFraming framing, CancellationToken cancellationToken)
{
    private readonly BurstScratch _burst = BurstScratch.Pool.Get();
    private long _offset;
    private long _packets;
    private long _allowed;

    public async ValueTask<PacketStreamResult> RunAsync()
    {
        try
        {
            while (await MoveBurstAsync().ConfigureAwait(false))
            {
            }
        }
        finally
        {
            BurstScratch.Pool.Return(_burst);
        }

        return new PacketStreamResult(_packets, _allowed);
    }

    /// <returns>Whether there may be more to move.</returns>
    private async ValueTask<bool> MoveBurstAsync()
    {
        ReadResult read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        SequencePosition consumed = read.Buffer.Start;
        SequencePosition examined = consumed;
        try
        {
            if (read.IsCanceled)
                ThrowCanceled("Reading was cancelled.");
            ReadOnlySequence<byte> rest = read.Buffer;
            FrameStatus status = _burst.Fill(ref rest, framing);
            Deliver();
            consumed = examined = rest.Start;
            _offset += read.Buffer.Length - rest.Length;
            if (!_burst.Packets.IsEmpty && !await FlushAsync().ConfigureAwait(false))
                return false;
            if (status == FrameStatus.Complete)
                return true;
            if (status != FrameStatus.Incomplete)
                ThrowBroken(status);
            if (read.IsCompleted && !rest.IsEmpty)
                ThrowTruncated(rest.Length);
            examined = rest.End;
            return !read.IsCompleted;
        }
        finally
        {
            reader.AdvanceTo(consumed, examined);
        }
    }

    private void Deliver()
    {
        ReadOnlySpan<ReadOnlyMemory<byte>> packets = _burst.Packets;
        Span<Decision> decisions = _burst.Decisions;
        _allowed += nic.FilterStream(direction, packets, decisions, framing == PacketFraming.RawIp ? LinkType.RawIp : null);
        _packets += packets.Length;
        for (int i = 0; i < packets.Length; i++)
        {
            if (decisions[i].IsAllowed)
                Write(packets[i].Span);
        }
    }

    private void Write(ReadOnlySpan<byte> packet)
    {
        if (framing == PacketFraming.LengthPrefixed)
        {
            BinaryPrimitives.WriteUInt32BigEndian(writer.GetSpan(Frame.LengthPrefix), (uint)packet.Length);
            writer.Advance(Frame.LengthPrefix);
        }

        writer.Write(packet);
    }

    /// <returns>Whether anybody still reads.</returns>
    private async ValueTask<bool> FlushAsync()
    {
        FlushResult flush = await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (flush.IsCanceled)
            ThrowCanceled("Writing was cancelled.");
        return !flush.IsCompleted;
    }

    [DoesNotReturn]
    private static void ThrowCanceled(string message) => throw new OperationCanceledException(message);

    [DoesNotReturn]
    private void ThrowTruncated(long octets) => throw new InvalidDataException(
        $"The packet at octet {_offset} of the stream is cut short: only {octets} octets of it and its framing are there.");

    [DoesNotReturn]
    private void ThrowBroken(FrameStatus status) => throw new InvalidDataException($"The packet at octet {_offset} of the stream " + status switch
    {
        FrameStatus.TooLong => $"has a length of more than {Frame.MaxPacketLength} octets.",
        FrameStatus.TooShort => "has a total length shorter than an IPv4 header.",
        FrameStatus.Jumbogram => "is an IPv6 jumbogram, whose end its header does not tell.",
        _ => "is neither IPv4 nor IPv6.",
    });
}
