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
        Span<PlainPacket> plainPackets = stackalloc PlainPacket[Stride];
        Span<ParsedPacket> packets = stackalloc ParsedPacket[Stride];
        Span<Flow> flows = stackalloc Flow[Stride];
        Span<Reason> forms = stackalloc Reason[Stride];
        uint plain = 0;
        uint opening = 0;
        bool matchesTogether = judge.MatchesTogether;
        for (int i = 0; i < decisions.Length; i++)
        {
            ReadOnlySpan<byte> bytes = burst[start + i];
            if (judge.TryIdentify(bytes, ref plainPackets[i], ref flows[i], looks: false))
            {
                plain |= 1u << i;
                opening |= matchesTogether && plainPackets[i].MayOpen ? 1u << i : 0;
            }
            else
            {
                forms[i] = judge.Read(bytes, bytes.Length, out packets[i], ref flows[i]);
            }
        }

        uint unknown = judge.LookForAll(flows[..decisions.Length]) & opening;
        uint admitted = unknown == 0 ? 0 : judge.Match(plainPackets, unknown);
        for (int i = 0; i < decisions.Length; i++)
        {
            bool isPlain = ((plain >> i) & 1) != 0;
            bool isUnknown = ((unknown >> i) & 1) != 0;
            if (isPlain && !isUnknown && !plainPackets[i].IsSyn && judge.TryAdvance(plainPackets[i], flows[i]))
            {
                decisions[i] = Decision.Allow(Reason.Established);
                continue;
            }

            if (isPlain && judge.TryOpen(plainPackets[i], flows[i], isUnknown ? ((admitted >> i) & 1) != 0 : null, out decisions[i]))
            {
                continue;
            }

            ReadOnlySpan<byte> bytes = burst[start + i];
            if (isPlain)
            {
                // As if nobody had looked: whoever shares the memory may have changed it, and what is judged must be what is recorded.
                forms[i] = judge.Read(bytes, bytes.Length, out packets[i], ref flows[i]);
            }

            decisions[i] = judge.Decide(forms[i], bytes, packets[i], flows[i]);
            judge.Report(packets[i], decisions[i]);
        }
    }

    // Runs of one decision, the usual case, cost one atomic addition.
    private int Count(Direction direction, ReadOnlySpan<Decision> decisions)
    {
        int allowed = 0;
        int runStart = 0;
        for (int i = 0; i < decisions.Length; i++)
        {
            allowed += decisions[i].IsAllowed ? 1 : 0;
            if (i + 1 == decisions.Length || decisions[i + 1].Reason != decisions[i].Reason || decisions[i + 1].Verdict != decisions[i].Verdict)
            {
                _state.Counters.Add(direction, decisions[i], i + 1 - runStart);
                runStart = i + 1;
            }
        }

        return allowed;
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
