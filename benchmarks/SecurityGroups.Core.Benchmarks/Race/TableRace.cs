using System.Collections.Concurrent;
using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>Connection lookup with its state update: random hits and misses, UDP, against what a .NET user has today.</summary>
internal sealed class TableRace
{
    private const int Burst = 32;
    private readonly FlowKey[] _hits;
    private readonly FlowKey[] _misses;
    private readonly ConnectionTracker _tracker;
    private readonly ParsedPacket _packet;
    private readonly TrackingModes _modes = new(EstablishedConnections.KeepUntilIdle, PickUp.Strict, WindowCheck.Enforce, false, 0);
    private readonly Ethertype _family;
    private readonly uint _zone;

    private TableRace(Ethertype family, int entries)
    {
        _family = family;
        _packet = new ParsedPacket { Kind = family == Ethertype.IPv6 ? PacketKind.IPv6 : PacketKind.IPv4, Protocol = ProtocolNumbers.Udp, Traits = PacketTraits.Ports };
        long before = GC.GetTotalMemory(forceFullCollection: true);
        _tracker = new ConnectionTracker(new ConnectionTrackingOptions { MaxConnections = entries, UnrepliedPercentage = 100 });
        Octets = GC.GetTotalMemory(forceFullCollection: true) - before;
        _zone = _tracker.RegisterZone();
        for (int i = 0; i < entries; i++)
        {
            Reason reason = _tracker.Create(Key(i), _packet, Direction.Egress, 0, _modes, 1, commit: true);
            if (reason != Reason.NotEvaluated)
            {
                throw new InvalidOperationException($"Connection {i}: {reason}.");
            }
        }

        // As many as rte_hash is asked for in its run.
        Random random = new(42);
        int queries = entries < 1_000_000 ? 1_000_000 : 4_000_000;
        _hits = [.. Enumerable.Range(0, queries).Select(_ => Key(random.Next(entries)))];
        _misses = [.. Enumerable.Range(0, queries).Select(_ => Key(entries + random.Next(entries)))];
    }

    private long Octets { get; }

    public static void Run(string family, int entries)
    {
        TableRace race = new(family == "v6" ? Ethertype.IPv6 : Ethertype.IPv4, entries);
        string what = $"table {family} {entries}";
        RaceCommand.Print(what, "hit single", Pace.Measure(() => race.Single(race._hits, isHit: true)));
        RaceCommand.Print(what, "hit bursts", Pace.Measure(() => race.Bursts(race._hits, isHit: true)));
        RaceCommand.Print(what, "miss single", Pace.Measure(() => race.Single(race._misses, isHit: false)));
        RaceCommand.Print(what, "miss bursts", Pace.Measure(() => race.Bursts(race._misses, isHit: false)));
        RaceCommand.Print(what, "octets", race.Octets / (double)entries);
        if (family == "v4")
        {
            RaceCommand.Print(what, "naive", Pace.Measure(new NaiveTable(race._hits).CountAll));
        }
    }

    private FlowKey Key(int number) => _family == Ethertype.IPv6
        ? new FlowKey(new UInt128(0x2001_0DB8_0000_0000, 5), new UInt128(0x2001_0DB8_0001_0000, (ulong)number * 0x9E37_79B9_7F4A_7C15), 443, Port(number), _zone, _family, 0, ProtocolNumbers.Udp)
        : new FlowKey(0x0A00_0005, 0xCB00_0000u + ((uint)number >> 14), 443, Port(number), _zone, _family, 0, ProtocolNumbers.Udp);

    private static ushort Port(int number) => (ushort)(1_024 + (number & 0x3FFF));

    private int Single(FlowKey[] keys, bool isHit)
    {
        int found = 0;
        foreach (ref readonly FlowKey key in keys.AsSpan())
        {
            found += _tracker.Track(key, _packet, Direction.Egress, 0, _modes, new UnchangedRules(), commit: true).Found ? 1 : 0;
        }

        return Check(found, isHit ? keys.Length : 0, keys.Length);
    }

    private int Bursts(FlowKey[] keys, bool isHit)
    {
        int found = 0;
        int count = keys.Length / Burst * Burst;
        Span<ulong> hashes = stackalloc ulong[Burst];
        for (int start = 0; start < count; start += Burst)
        {
            for (int i = 0; i < Burst; i++)
            {
                hashes[i] = _tracker.Hash(keys[start + i]);
                _tracker.PrefetchBucket(hashes[i]);
            }

            foreach (ulong hash in hashes)
            {
                _tracker.PrefetchEntry(hash);
            }

            for (int i = 0; i < Burst; i++)
            {
                found += _tracker.Track(hashes[i], keys[start + i], _packet, Direction.Egress, 0, _modes, new UnchangedRules(), commit: true).Found ? 1 : 0;
            }
        }

        return Check(found, isHit ? count : 0, count);
    }

    private static int Check(int found, int expected, int looked) =>
        found == expected ? looked : throw new InvalidOperationException($"{found} were found, not {expected}.");

    /// <summary>Rules that never changed.</summary>
    private readonly struct UnchangedRules : IConnectionPolicy
    {
        public uint Generation => 1;

        public bool IsCurrent(uint stamp, in FlowKey key) => true;

        public bool Allows(Direction direction, in FlowKey key) => true;
    }

    /// <summary>A <see cref="ConcurrentDictionary{TKey,TValue}"/> of five-tuples: neither timeouts nor a bound.</summary>
    private sealed class NaiveTable
    {
        private readonly FlowKey[] _keys;
        private readonly ConcurrentDictionary<(ulong Addresses, uint Ports), State> _states = new();

        public NaiveTable(FlowKey[] keys)
        {
            _keys = keys;
            foreach (FlowKey key in keys)
            {
                _states[(key.AddressWord, key.Ports)] = new State();
            }
        }

        public int CountAll()
        {
            foreach (ref readonly FlowKey key in _keys.AsSpan())
            {
                if (_states.TryGetValue((key.AddressWord, key.Ports), out State? state))
                {
                    Volatile.Write(ref state.LastSeen, 1);
                }
            }

            return _keys.Length;
        }

        private sealed class State
        {
            public long LastSeen;
        }
    }
}
