using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using SecurityGroups.Benchmarks.Data;
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
    private readonly UdpEnds[] _hits = new UdpEnds[Lookups];
    private readonly UdpEnds[] _misses = new UdpEnds[Lookups];
    private readonly FlowKey[] _keys = new FlowKey[Lookups];
    private UdpConnections _connections = null!;
    private NaiveTable _naive = null!;

    [Params(65_536, 1_000_000, 8_000_000)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _connections = new UdpConnections(Ethertype.IPv4, Entries);
        _naive = new NaiveTable();
        for (int i = 0; i < Entries; i++)
        {
            _naive.Add(_connections.Key(_connections.Ends(i)));
        }

        Random random = new(1);
        for (int i = 0; i < Lookups; i++)
        {
            _hits[i] = _connections.Ends(random.Next(Entries));
            _keys[i] = _connections.Key(_hits[i]);
            _misses[i] = _connections.Ends(Entries + random.Next(Entries));
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups)]
    public int DictionaryHit() => _naive.Find(_keys);

    [Benchmark(OperationsPerInvoke = Lookups)]
    public int Hit() => _connections.FindSingly(_hits);

    [Benchmark(OperationsPerInvoke = Lookups)]
    public int Miss() => _connections.FindSingly(_misses);

    [Benchmark(OperationsPerInvoke = Lookups)]
    public int HitInBursts() => _connections.FindInBursts(_hits);

    [Benchmark(OperationsPerInvoke = Lookups)]
    public int MissInBursts() => _connections.FindInBursts(_misses);
}
