using System.Numerics;
using System.Runtime.CompilerServices;
using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>A tracker full of UDP connections of one NIC, and lookups in it with their state update.</summary>
internal sealed class UdpConnections
{
    private const int Burst = 32;

    /// <summary>How many lookups the time of the connections goes on after: about what one processor does.</summary>
    private const int PerMillisecond = 16_384;

    private readonly ConnectionTracker _tracker;
    private readonly ParsedPacket _packet;
    private readonly TrackingModes _modes = new(EstablishedConnections.KeepUntilIdle, PickUp.Strict, WindowCheck.Enforce, false, 0);
    private readonly Ethertype _family;
    private readonly uint _zone;
    private long _now;

    public UdpConnections(Ethertype family, int count)
    {
        _family = family;
        _packet = new ParsedPacket { Kind = family == Ethertype.IPv6 ? PacketKind.IPv6 : PacketKind.IPv4, Protocol = ProtocolNumbers.Udp, Traits = PacketTraits.Ports };
        long before = GC.GetTotalMemory(forceFullCollection: true);
        _tracker = new ConnectionTracker(new ConnectionTrackingOptions { MaxConnections = count, UnrepliedPercentage = 100 });
        Octets = GC.GetTotalMemory(forceFullCollection: true) - before;
        _zone = _tracker.RegisterZone();
        for (int i = 0; i < count; i++)
        {
            Reason reason = _tracker.Create(Key(Ends(i)), _packet, Direction.Egress, 0, _modes, 1, commit: true);
            if (reason != Reason.NotEvaluated)
            {
                throw new InvalidOperationException($"Connection {i}: {reason}.");
            }
        }
    }

    /// <summary>What the empty tracker reserved.</summary>
    public long Octets { get; }

    /// <summary>The ends of a connection, as a packet tells them; from the count on, of one that does not exist.</summary>
    public UdpEnds Ends(int number)
    {
        ushort port = (ushort)(1_024 + (number & 0x3FFF));
        return _family == Ethertype.IPv6
            ? new UdpEnds((ulong)number * 0x9E37_79B9_7F4A_7C15, port)
            : new UdpEnds(0xCB00_0000u + ((uint)number >> 14), port);
    }

    /// <summary>The key of a connection.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FlowKey Key(UdpEnds ends) => _family == Ethertype.IPv6
        ? new FlowKey(new UInt128(0x2001_0DB8_0000_0000, 5), new UInt128(0x2001_0DB8_0001_0000, ends.Remote), 443, ends.Port, _zone, Ethertype.IPv6, 0, ProtocolNumbers.Udp)
        : new FlowKey(0x0A00_0005, ends.Remote, 443, ends.Port, _zone, Ethertype.IPv4, 0, ProtocolNumbers.Udp);

    /// <summary>How many are found, one by one.</summary>
    public int FindSingly(ReadOnlySpan<UdpEnds> queries)
    {
        int found = 0;
        for (int start = 0; start < queries.Length; start += PerMillisecond)
        {
            _now++;
            found += FindEach(queries.Slice(start, Math.Min(PerMillisecond, queries.Length - start)));
        }

        return found;
    }

    /// <summary>How many are found, in bursts of 32; a rest that is no burst is left out.</summary>
    public int FindInBursts(ReadOnlySpan<UdpEnds> queries)
    {
        int found = 0;
        for (int start = 0; start + Burst <= queries.Length; start += Burst)
        {
            _now += start % PerMillisecond == 0 ? 1 : 0;
            found += FindBurst(queries.Slice(start, Burst));
        }

        return found;
    }

    private int FindEach(ReadOnlySpan<UdpEnds> queries)
    {
        ConnectionTracker tracker = _tracker;
        long now = _now;
        bool mayTouch = tracker.MayTouch(_modes, now);
        int found = 0;
        foreach (UdpEnds ends in queries)
        {
            FlowKey key = Key(ends);
            ulong hash = tracker.Hash(key);
            if ((mayTouch && tracker.TryTouch(tracker.Look(hash), key, Direction.Egress, now, new UnchangedRules())) || Track(hash, key))
            {
                found++;
            }
        }

        return found;
    }

    [SkipLocalsInit]
    private int FindBurst(ReadOnlySpan<UdpEnds> queries)
    {
        Span<Flow> flows = stackalloc Flow[Burst];
        for (int i = 0; i < flows.Length; i++)
        {
            flows[i].IsTracked = true;
            flows[i].Key = Key(queries[i]);
        }

        _tracker.LookForAll(flows);
        uint rest = ~TouchAll(flows);
        int found = Burst - BitOperations.PopCount(rest);
        for (; rest != 0; rest &= rest - 1)
        {
            ref Flow flow = ref flows[BitOperations.TrailingZeroCount(rest)];
            found += Track(flow.Hash, flow.Key) ? 1 : 0;
        }

        return found;
    }

    // Which of a burst took the short way.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint TouchAll(ReadOnlySpan<Flow> flows)
    {
        ConnectionTracker tracker = _tracker;
        long now = _now;
        uint touched = 0;
        if (!tracker.MayTouch(_modes, now))
        {
            return 0;
        }

        for (int i = 0; i < flows.Length; i++)
        {
            if (tracker.TryTouch(flows[i].Sighting, flows[i].Key, Direction.Egress, now, new UnchangedRules()))
            {
                touched |= 1u << i;
            }
        }

        return touched;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Track(ulong hash, in FlowKey key) =>
        _tracker.Track(hash, key, _packet, Direction.Egress, _now, _modes, new UnchangedRules(), commit: true).Found;

    /// <summary>Rules that never changed.</summary>
    private readonly struct UnchangedRules : IConnectionPolicy
    {
        public uint Generation => 1;

        public bool IsCurrent(uint stamp, in FlowKey key) => true;

        public bool Allows(Direction direction, in FlowKey key) => true;
    }
}

/// <summary>What differs from connection to connection: the low half of the remote address and the remote port.</summary>
internal readonly record struct UdpEnds(ulong Remote, ushort Port);
