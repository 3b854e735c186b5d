using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Benchmarks;

/// <summary>
/// What does a connection lookup with its state update cost, against a <see cref="ConcurrentDictionary{TKey,TValue}"/> of five-tuples, which
/// has neither timeouts nor a bound? Random hits and misses, UDP over IPv4.
/// </summary>
[MemoryDiagnoser]
public class ConnectionBenchmarks
{
    private const int Lookups = 16_384;
    private const int Burst = 32;
    private readonly FlowKey[] _hits = new FlowKey[Lookups];
    private readonly FlowKey[] _misses = new FlowKey[Lookups];
    private readonly ParsedPacket _packet = new() { Kind = PacketKind.IPv4, Protocol = ProtocolNumbers.Udp, Traits = PacketTraits.Ports };
    private readonly TrackingModes _modes = new(EstablishedConnections.KeepUntilIdle, PickUp.Strict, WindowCheck.Enforce, false, 0);
    private ConnectionTracker _tracker = null!;
    private ConcurrentDictionary<(ulong Addresses, uint Ports), DictionaryState> _dictionary = null!;

    [Params(65_536, 1_000_000, 8_000_000)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _tracker = new ConnectionTracker(new ConnectionTrackingOptions { MaxConnections = Entries, UnrepliedPercentage = 100 });
        uint zone = _tracker.RegisterZone();
        _dictionary = new ConcurrentDictionary<(ulong Addresses, uint Ports), DictionaryState>();
        for (int i = 0; i < Entries; i++)
        {
            FlowKey key = Key(i, zone);
            Reason reason = _tracker.Create(key, _packet, Direction.Egress, 0, _modes, 1, commit: true);
            if (reason != Reason.NotEvaluated)
            {
                throw new InvalidOperationException($"Connection {i}: {reason}.");
            }

            _dictionary[(key.AddressWord, key.Ports)] = new DictionaryState();
        }

        Random random = new(1);
        for (int i = 0; i < Lookups; i++)
        {
            _hits[i] = Key(random.Next(Entries), zone);
            _misses[i] = Key(Entries + random.Next(Entries), zone);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups)]
    public int DictionaryHit()
    {
        int found = 0;
        foreach (ref readonly FlowKey key in _hits.AsSpan())
        {
            if (_dictionary.TryGetValue((key.AddressWord, key.Ports), out DictionaryState? state))
            {
                Volatile.Write(ref state.LastSeen, 1);
                found++;
            }
        }

        return found;
    }

    [Benchmark(OperationsPerInvoke = Lookups)]
    public int Hit() => TrackAll(_hits);

    [Benchmark(OperationsPerInvoke = Lookups)]
    public int Miss() => TrackAll(_misses);

    [Benchmark(OperationsPerInvoke = Lookups)]
    public int HitInBursts() => TrackBursts(_hits);

    [Benchmark(OperationsPerInvoke = Lookups)]
    public int MissInBursts() => TrackBursts(_misses);

    private static FlowKey Key(int number, uint zone) => new(
        0x0A00_0005, 0xCB00_0000u + ((uint)number >> 14), 443, (ushort)(1_024 + (number & 0x3FFF)), zone, Ethertype.IPv4, 0, ProtocolNumbers.Udp);

    private int TrackAll(ReadOnlySpan<FlowKey> keys)
    {
        int found = 0;
        foreach (ref readonly FlowKey key in keys)
        {
            found += _tracker.Track(key, _packet, Direction.Egress, 0, _modes, new NoRules(), commit: true).Found ? 1 : 0;
        }

        return found;
    }

    private int TrackBursts(ReadOnlySpan<FlowKey> keys)
    {
        int found = 0;
        Span<ulong> hashes = stackalloc ulong[Burst];
        for (int start = 0; start < keys.Length; start += Burst)
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
                found += _tracker.Track(hashes[i], keys[start + i], _packet, Direction.Egress, 0, _modes, new NoRules(), commit: true).Found ? 1 : 0;
            }
        }

        return found;
    }

    /// <summary>What the dictionary keeps of a connection.</summary>
    private sealed class DictionaryState
    {
        public long LastSeen;
    }

    /// <summary>Rules that never changed.</summary>
    private readonly struct NoRules : IConnectionPolicy
    {
        public uint Generation => 1;

        public bool IsCurrent(uint stamp, in FlowKey key) => true;

        public bool Allows(Direction direction, in FlowKey key) => true;
    }
}
