using System.Numerics;
using System.Runtime.CompilerServices;
using SecurityGroups.Match;
using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <content>
/// Bursts: the ruleset, the NIC and the clock are read once, and the memory that several packets will need is asked for before the first
/// of them is judged. Packets are judged in order, so a burst decides exactly what one-by-one calls would.
/// </content>
public sealed partial class NicFilter
{
    // Parsed packets kept on the stack at a time; also how far ahead memory is prefetched.
    private const int Stride = 32;

    /// <summary>Decides a burst in order, as one-by-one calls would, and fills one decision a packet.</summary>
    /// <returns>How many packets are allowed.</returns>
    /// <exception cref="ArgumentException">There are fewer decisions than packets; nothing was decided.</exception>
    public int Filter(Direction direction, ReadOnlySpan<ReadOnlyMemory<byte>> packets, Span<Decision> decisions) =>
        FilterBurst(direction, new MemoryBurst(packets), decisions, _firewall.Clock.Now());

    /// <summary>As the overload without timestamp, at a time the caller gives.</summary>
    public int Filter(Direction direction, ReadOnlySpan<ReadOnlyMemory<byte>> packets, Span<Decision> decisions, TimeSpan timestamp) =>
        FilterBurst(direction, new MemoryBurst(packets), decisions, _firewall.Clock.FromCaller(timestamp));

    /// <summary>Decides a burst whose packets lie in one buffer, as one-by-one calls would, and fills one decision a packet.</summary>
    /// <returns>How many packets are allowed.</returns>
    /// <exception cref="ArgumentException">There are fewer decisions than packets, or a slice leaves the buffer; nothing was decided.</exception>
    public int Filter(Direction direction, ReadOnlySpan<byte> buffer, ReadOnlySpan<PacketSlice> packets, Span<Decision> decisions) =>
        FilterBurst(direction, SliceBurst.Check(buffer, packets), decisions, _firewall.Clock.Now());

    /// <summary>As the overload without timestamp, at a time the caller gives.</summary>
    public int Filter(Direction direction, ReadOnlySpan<byte> buffer, ReadOnlySpan<PacketSlice> packets, Span<Decision> decisions, TimeSpan timestamp) =>
        FilterBurst(direction, SliceBurst.Check(buffer, packets), decisions, _firewall.Clock.FromCaller(timestamp));

    /// <summary>
    /// Decides packets of a stream that were told apart as <paramref name="linkType"/>: read as anything else they would be other packets than
    /// those delivered, so a NIC whose link type has changed meanwhile gets them denied, <see cref="Reason.NotEvaluated"/>. Holds nothing: a
    /// stream delivers in order or not at all.
    /// </summary>
    internal int FilterStream(Direction direction, ReadOnlySpan<ReadOnlyMemory<byte>> packets, Span<Decision> decisions, LinkType? linkType) =>
        FilterBurst(direction, new MemoryBurst(packets), decisions, _firewall.Clock.Now(), linkType, mayHold: false);

    private int FilterBurst<TBurst>(
        Direction direction, TBurst burst, Span<Decision> decisions, long nowMilliseconds, LinkType? linkType = null, bool mayHold = true)
        where TBurst : IBurst, allows ref struct
    {
        Check(direction);
        if (decisions.Length < burst.Count)
        {
            throw new ArgumentException($"{burst.Count} packets need as many decisions, not {decisions.Length}.", nameof(decisions));
        }

        decisions = decisions[..burst.Count];
        Ruleset ruleset = _firewall.Ruleset;
        if (TryBind(ruleset, out NicBinding nic, out Decision otherwise) && nic.LinkType == (linkType ?? nic.LinkType))
        {
            PacketJudge judge = new(_firewall.Settings, _firewall.Tracker, ruleset, nic, _state, nowMilliseconds, direction, commit: true) { MayHold = mayHold };
            for (int start = 0; start < decisions.Length; start += Stride)
            {
                JudgeStride(judge, burst, start, decisions.Slice(start, Math.Min(Stride, decisions.Length - start)));
            }
        }
        else
        {
            decisions.Fill(otherwise);
            ReportUnread(direction, otherwise, nowMilliseconds, decisions.Length);
        }

        GC.KeepAlive(_firewall);
        return Count(direction, decisions);
    }

    // Three passes, so that the misses of 32 packets overlap: read, look for the connections, judge. Before the third, where rules are many, they are
    // asked of all packets together that no connection seems to know.
    [SkipLocalsInit]
    private static void JudgeStride<TBurst>(in PacketJudge judge, TBurst burst, int start, Span<Decision> decisions)
        where TBurst : IBurst, allows ref struct
    {
        StrideOfPackets stride = new(stackalloc PlainPacket[Stride], stackalloc ParsedPacket[Stride], stackalloc Flow[Stride], stackalloc Reason[Stride]);
        Read(judge, burst, start, decisions.Length, ref stride);
        uint none = judge.LookForAll(stride.Flows[..decisions.Length]);
        stride.Unknown = judge.MatchesTogether ? stride.OpeningOf(none) : 0;
        stride.Admitted = stride.Unknown == 0 ? 0 : judge.Match(stride.Plain, stride.Unknown);

        Judge(judge, burst, start, decisions, ref stride);
    }

    private static void Read<TBurst>(in PacketJudge judge, TBurst burst, int start, int count, ref StrideOfPackets stride)
        where TBurst : IBurst, allows ref struct
    {
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> bytes = burst[start + i];
            ref PlainPacket plain = ref stride.Plain[i];
            if (judge.TryIdentify(bytes, ref plain, ref stride.Flows[i], looks: false))
            {
                stride.IsPlain |= 1u << i;
                stride.Syns |= (plain.IsSyn ? 1u : 0) << i;
            }
            else
            {
                stride.Forms[i] = judge.Read(bytes, bytes.Length, out stride.Parsed[i], ref stride.Flows[i]);
            }
        }
    }

    private static void Judge<TBurst>(in PacketJudge judge, TBurst burst, int start, Span<Decision> decisions, ref StrideOfPackets stride)
        where TBurst : IBurst, allows ref struct
    {
        uint mayAdvance = stride.IsPlain & ~(stride.Syns | stride.Unknown);
        for (int i = 0; i < decisions.Length; i++)
        {
            if (((mayAdvance >> i) & 1) != 0 && judge.TryAdvance(stride.Plain[i], stride.Flows[i]))
            {
                decisions[i] = Decision.Allow(Reason.Established);
            }
            else
            {
                JudgeOther(judge, burst, start, i, ref stride, out decisions[i]);
            }
        }
    }

    // A packet that advances no connection on the short way.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void JudgeOther<TBurst>(in PacketJudge judge, TBurst burst, int start, int i, ref StrideOfPackets stride, out Decision decision)
        where TBurst : IBurst, allows ref struct
    {
        bool isPlain = ((stride.IsPlain >> i) & 1) != 0;
        bool isUnknown = ((stride.Unknown >> i) & 1) != 0;
        if (isPlain && judge.TryOpen(stride.Plain[i], stride.Flows[i], isUnknown ? ((stride.Admitted >> i) & 1) != 0 : null, out decision))
        {
            return;
        }

        ReadOnlySpan<byte> bytes = burst[start + i];
        if (isPlain)
        {
            // As if nobody had looked: whoever shares the memory may have changed it, and what is judged must be what is recorded.
            stride.Forms[i] = judge.Read(bytes, bytes.Length, out stride.Parsed[i], ref stride.Flows[i]);
        }

        decision = judge.Decide(stride.Forms[i], bytes, stride.Parsed[i], stride.Flows[i]);
        judge.Report(stride.Parsed[i], decision);
    }

    // A run of one verdict and reason costs one atomic addition; most bursts are one.
    private int Count(Direction direction, ReadOnlySpan<Decision> decisions)
    {
        int allowed = 0;
        while (!decisions.IsEmpty)
        {
            Decision first = decisions[0];
            int run = RunLength(decisions, first);
            _state.Counters.Add(direction, first, run);
            allowed += first.IsAllowed ? run : 0;
            decisions = decisions[run..];
        }

        return allowed;
    }

    private static int RunLength(ReadOnlySpan<Decision> decisions, Decision first)
    {
        int length = 1;
        while (length < decisions.Length && decisions[length].IsAlike(first))
        {
            length++;
        }

        return length;
    }

    /// <summary>What is known of the packets of a stride, on the stack of who judges it; of each set a bit for each packet.</summary>
    private ref struct StrideOfPackets(Span<PlainPacket> plain, Span<ParsedPacket> parsed, Span<Flow> flows, Span<Reason> forms)
    {
        public readonly Span<PlainPacket> Plain = plain;

        /// <summary>Of those that are not plain, with <see cref="Forms"/>.</summary>
        public readonly Span<ParsedPacket> Parsed = parsed;

        public readonly Span<Flow> Flows = flows;
        public readonly Span<Reason> Forms = forms;
        public uint IsPlain;
        public uint Syns;

        /// <summary>Plain packets that the rules were asked about together.</summary>
        public uint Unknown;

        /// <summary>Those of them that the rules admit.</summary>
        public uint Admitted;

        /// <summary>Those plain ones of some packets that usually open a connection where there is none.</summary>
        public readonly uint OpeningOf(uint which)
        {
            uint opening = 0;
            for (uint left = which & IsPlain; left != 0; left &= left - 1)
            {
                int i = BitOperations.TrailingZeroCount(left);
                opening |= Plain[i].MayOpen ? 1u << i : 0;
            }

            return opening;
        }
    }

    /// <summary>Packets by index, whatever memory they lie in.</summary>
    private interface IBurst
    {
        int Count { get; }

        ReadOnlySpan<byte> this[int index] { get; }
    }

    private readonly ref struct MemoryBurst(ReadOnlySpan<ReadOnlyMemory<byte>> packets) : IBurst
    {
        private readonly ReadOnlySpan<ReadOnlyMemory<byte>> _packets = packets;

        public int Count => _packets.Length;

        public ReadOnlySpan<byte> this[int index] => _packets[index].Span;
    }

    private readonly ref struct SliceBurst : IBurst
    {
        private readonly ReadOnlySpan<byte> _buffer;
        private readonly ReadOnlySpan<PacketSlice> _packets;

        private SliceBurst(ReadOnlySpan<byte> buffer, ReadOnlySpan<PacketSlice> packets)
        {
            _buffer = buffer;
            _packets = packets;
        }

        public int Count => _packets.Length;

        public ReadOnlySpan<byte> this[int index] => _buffer.Slice(_packets[index].Offset, _packets[index].Length);

        public static SliceBurst Check(ReadOnlySpan<byte> buffer, ReadOnlySpan<PacketSlice> packets)
        {
            foreach (PacketSlice packet in packets)
            {
                if ((ulong)(uint)packet.Offset + (uint)packet.Length > (uint)buffer.Length)
                {
                    throw new ArgumentException($"{packet} leaves the buffer of {buffer.Length} octets.", nameof(packets));
                }
            }

            return new SliceBurst(buffer, packets);
        }
    }
}
