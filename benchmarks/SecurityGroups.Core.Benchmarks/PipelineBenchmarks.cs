using BenchmarkDotNet.Attributes;
using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks;

/// <summary>
/// What does a whole packet cost: parse, anti-spoofing, tracking with window checks, counters, decision? Established TCP in 64-octet frames,
/// random order over the connections, one by one and in bursts of 32.
/// </summary>
[MemoryDiagnoser]
[WarmupCount(60)]
[IterationCount(60)]
public class PipelineBenchmarks : IDisposable
{
    private TcpConversations _conversations = null!;

    [Params(1_000, 100_000, 1_000_000)]
    public int Connections { get; set; }

    [GlobalSetup]
    public void Setup() => _conversations = new TcpConversations(Connections, Math.Max(65_536, Connections));

    [GlobalCleanup]
    public void Dispose()
    {
        _conversations.Dispose();
        GC.SuppressFinalize(this);
    }

    [IterationSetup]
    public void FillRing() => _conversations.FillRing();

    [Benchmark(Baseline = true, OperationsPerInvoke = TcpConversations.RingLength)]
    public int OneByOne() => Check(_conversations.FilterSingly(TimeSpan.Zero));

    [Benchmark(OperationsPerInvoke = TcpConversations.RingLength)]
    public int Bursts() => Check(_conversations.FilterInBursts(TimeSpan.Zero));

    private static int Check(int allowed) =>
        allowed == TcpConversations.RingLength ? allowed : throw new InvalidOperationException($"Only {allowed} packets were allowed.");
}
