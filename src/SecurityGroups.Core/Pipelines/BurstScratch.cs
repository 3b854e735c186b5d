using System.Buffers;
using Microsoft.Extensions.ObjectPool;

namespace SecurityGroups.Pipelines;

/// <summary>
/// Room for one burst. A packet that lies in one segment of the pipe is used where it lies, any other is copied together here. One call of
/// <see cref="NicFilter.FilterAsync"/> rents one at a time; returned, it keeps no reference to anybody's buffers.
/// </summary>
internal sealed class BurstScratch : IResettable
{
    public const int MaxPackets = 32;

    private readonly ReadOnlyMemory<byte>[] _packets = new ReadOnlyMemory<byte>[MaxPackets];
    private readonly Decision[] _decisions = new Decision[MaxPackets];
    private readonly byte[] _copies = new byte[Frame.MaxPacketLength];
    private int _count;
    private int _copiedOctets;

    public static ObjectPool<BurstScratch> Pool { get; } = ObjectPool.Create<BurstScratch>();

    public ReadOnlySpan<ReadOnlyMemory<byte>> Packets => _packets.AsSpan(0, _count);

    public Span<Decision> Decisions => _decisions.AsSpan(0, _count);

    /// <summary>Empties the burst and fills it with whole packets from the head of <paramref name="stream"/>, which moves past them.</summary>
    /// <returns>Why it ended; <see cref="FrameStatus.Complete"/> = the burst is full.</returns>
    public FrameStatus Fill(ref ReadOnlySequence<byte> stream, PacketFraming framing)
    {
        Clear();
        FrameStatus status;
        while ((status = Frame.Measure(stream, framing, out Frame frame)) == FrameStatus.Complete
            && TryAdd(stream.Slice(frame.PrefixLength, frame.PacketLength)))
        {
            stream = stream.Slice(frame.TotalLength);
        }

        return status;
    }

    public bool TryReset()
    {
        Clear();
        return true;
    }

    private bool TryAdd(in ReadOnlySequence<byte> packet)
    {
        if (_count == MaxPackets)
            return false;
        if (!packet.IsSingleSegment)
            return TryAddCopy(packet);
        _packets[_count++] = packet.First;
        return true;
    }

    private bool TryAddCopy(in ReadOnlySequence<byte> packet)
    {
        int length = (int)packet.Length;
        if (length > _copies.Length - _copiedOctets)
            return false;
        Memory<byte> copy = _copies.AsMemory(_copiedOctets, length);
        packet.CopyTo(copy.Span);
        _packets[_count++] = copy;
        _copiedOctets += length;
        return true;
    }

    private void Clear()
    {
        _packets.AsSpan(0, _count).Clear();
        _decisions.AsSpan(0, _count).Clear();
        _count = 0;
        _copiedOctets = 0;
    }
}
