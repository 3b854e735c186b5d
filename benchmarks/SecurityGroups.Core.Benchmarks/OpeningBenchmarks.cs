using BenchmarkDotNet.Attributes;
using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks;

/// <summary>
/// What does a connection that is new cost, and a packet that is denied? SYNs of ever other connections in bursts of 32; time moves on
/// between rounds, so that each round's connections have expired before the next and their slots are taken again.
/// </summary>
[MemoryDiagnoser]
[WarmupCount(60)]
[IterationCount(60)]
public class OpeningBenchmarks : IDisposable
{
    private static readonly TimeSpan s_roundTime = TimeSpan.FromHours(1);
    private TcpConversations _conversations = null!;
    private int _round;

    [Params(65_536, 1_000_000)]
    public int MaxConnections { get; set; }

    [GlobalSetup]
    public void Setup() => _conversations = new TcpConversations(1, MaxConnections);

    [GlobalCleanup]
    public void Dispose()
    {
        _conversations.Dispose();
        GC.SuppressFinalize(this);
    }

    [IterationSetup(Target = nameof(NewConnections))]
    public void FillWithSyns() => _conversations.FillRingWithSyns(++_round);

    [IterationSetup(Target = nameof(Denied))]
    public void FillWithDenied() => _conversations.FillRingWithDenied();

    [Benchmark(Baseline = true, OperationsPerInvoke = TcpConversations.RingLength)]
    public int NewConnections() => Filter(expectAllowed: TcpConversations.RingLength);

    [Benchmark(OperationsPerInvoke = TcpConversations.RingLength)]
    public int Denied() => Filter(expectAllowed: 0);

    private int Filter(int expectAllowed)
    {
        int allowed = _conversations.FilterInBursts(s_roundTime * (_round + 1));
        return allowed == expectAllowed ? allowed : throw new InvalidOperationException($"{allowed} packets were allowed, not {expectAllowed}.");
    }
}
