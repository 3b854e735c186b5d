using System.Buffers;
using System.Buffers.Binary;

namespace SecurityGroups.Pipelines;

/// <summary>
/// Where the packet at the head of a stream ends. A boundary taken wrongly would turn payload into packets, so whatever leaves it in doubt
/// ends the stream instead.
/// </summary>
/// <param name="PrefixLength">Octets before the packet that are not part of it.</param>
/// <param name="PacketLength">Octets of the packet.</param>
internal readonly record struct Frame(int PrefixLength, int PacketLength)
{
    /// <summary>The longest packet: what QEMU's network backends take (NET_BUFSIZE), more than any IP packet with its link header needs.</summary>
    public const int MaxPacketLength = 4_096 + 65_536;

    public const int LengthPrefix = sizeof(uint);

    private const int IPv4HeaderOctets = 20;
    private const int IPv6HeaderOctets = 40;

    // Up to the IPv6 next header field: all that any framing looks at.
    private const int MaxHeadOctets = 7;

    /// <summary>Octets of prefix and packet together.</summary>
    public int TotalLength => PrefixLength + PacketLength;

    /// <summary>Measures the packet at the head of <paramref name="stream"/>; <paramref name="frame"/> counts only when it is complete.</summary>
    public static FrameStatus Measure(in ReadOnlySequence<byte> stream, PacketFraming framing, out Frame frame)
    {
        Span<byte> copy = stackalloc byte[MaxHeadOctets];
        scoped ReadOnlySpan<byte> head = stream.FirstSpan;
        if (head.Length < MaxHeadOctets && !stream.IsSingleSegment)
        {
            ReadOnlySequence<byte> start = stream.Slice(0, Math.Min(stream.Length, MaxHeadOctets));
            start.CopyTo(copy);
            head = copy[..(int)start.Length];
        }

        FrameStatus status = framing == PacketFraming.LengthPrefixed ? MeasurePrefixed(head, out frame) : MeasureIp(head, out frame);
        return status == FrameStatus.Complete && stream.Length < frame.TotalLength ? FrameStatus.Incomplete : status;
    }

    private static FrameStatus MeasurePrefixed(ReadOnlySpan<byte> head, out Frame frame)
    {
        frame = default;
        if (head.Length < LengthPrefix)
            return FrameStatus.Incomplete;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(head);
        if (length > MaxPacketLength)
            return FrameStatus.TooLong;
        frame = new Frame(LengthPrefix, (int)length);
        return FrameStatus.Complete;
    }

    private static FrameStatus MeasureIp(ReadOnlySpan<byte> head, out Frame frame)
    {
        frame = default;
        if (head.IsEmpty)
            return FrameStatus.Incomplete;
        return (head[0] >> 4) switch
        {
            4 => MeasureIPv4(head, out frame),
            6 => MeasureIPv6(head, out frame),
            _ => FrameStatus.NotIp,
        };
    }

    private static FrameStatus MeasureIPv4(ReadOnlySpan<byte> head, out Frame frame)
    {
        frame = default;
        if (head.Length < 4)
            return FrameStatus.Incomplete;
        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
        if (totalLength < IPv4HeaderOctets)
            return FrameStatus.TooShort;
        frame = new Frame(0, totalLength);
        return FrameStatus.Complete;
    }

    private static FrameStatus MeasureIPv6(ReadOnlySpan<byte> head, out Frame frame)
    {
        frame = default;
        if (head.Length < MaxHeadOctets)
            return FrameStatus.Incomplete;
        int payloadLength = BinaryPrimitives.ReadUInt16BigEndian(head[4..]);
        // RFC 2675: payload length 0 before a hop-by-hop header (0) announces a length option; 40 octets would leave the payload to be read as packets.
        if (payloadLength == 0 && head[6] == 0)
            return FrameStatus.Jumbogram;
        frame = new Frame(0, IPv6HeaderOctets + payloadLength);
        return FrameStatus.Complete;
    }
}
