using BenchmarkDotNet.Attributes;
using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks;

/// <summary>
/// What do counters and events cost a packet? Bursts of 32 through firewalls that differ in nothing else: neither, counters, counters and events with
/// room for all of them, and events that nobody reads.
/// </summary>
[MemoryDiagnoser]
[WarmupCount(40)]
[IterationCount(40)]
public class EventBenchmarks : IDisposable
{
    private const int Connections = 10_000;
    private const int MaxConnections = 65_536;
    private static readonly TimeSpan s_roundTime = TimeSpan.FromHours(1);
    private readonly FirewallEventOptions _roomy = new() { Capacity = 8 * TcpConversations.RingLength, DenialsPerSecond = 1_000_000 };
    private TcpConversations[] _all = [];
    private int _round;

    public enum Traffic
    {
        Established,
        New,
        Denied,
    }

    [ParamsAllValues]
    public Traffic Packets { get; set; }

    [GlobalSetup]
    public void Setup() => _all =
    [
        new TcpConversations(Connections, MaxConnections),
        new TcpConversations(Connections, MaxConnections, countTraffic: true),
        new TcpConversations(Connections, MaxConnections, countTraffic: true, _roomy),
        new TcpConversations(Connections, MaxConnections, countTraffic: true, _roomy with { Capacity = 2 }),
    ];

    [GlobalCleanup]
    public void Dispose()
    {
        Array.ForEach(_all, conversations => conversations.Dispose());
        GC.SuppressFinalize(this);
    }

    [IterationSetup]
    public void Fill()
    {
        _round += Packets == Traffic.Established ? 0 : 1;
        foreach (TcpConversations conversations in _all)
        {
            Fill(conversations);
        }

        while (_all[2].Firewall.Events.TryRead(out _))
        {
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = TcpConversations.RingLength)]
    public int Neither() => Filter(_all[0]);

    [Benchmark(OperationsPerInvoke = TcpConversations.RingLength)]
    public int Counters() => Filter(_all[1]);

    [Benchmark(OperationsPerInvoke = TcpConversations.RingLength)]
    public int CountersAndEvents() => Filter(_all[2]);

    [Benchmark(OperationsPerInvoke = TcpConversations.RingLength)]
    public int CountersAndEventsNobodyReads() => Filter(_all[3]);

    private void Fill(TcpConversations conversations)
    {
        switch (Packets)
        {
            case Traffic.Established:
                conversations.FillRing();
                break;
            case Traffic.New:
                conversations.FillRingWithSyns(_round);
                break;
            default:
                conversations.FillRingWithDenied();
                break;
        }
    }

    private int Filter(TcpConversations conversations)
    {
        int allowed = conversations.FilterInBursts(s_roundTime * _round);
        return allowed == (Packets == Traffic.Denied ? 0 : TcpConversations.RingLength)
            ? allowed
            : throw new InvalidOperationException($"{allowed} packets were allowed.");
    }
}
