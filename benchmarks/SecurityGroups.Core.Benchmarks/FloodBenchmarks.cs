using BenchmarkDotNet.Attributes;
using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks;

/// <summary>
/// What does a SYN of a flood cost when there is no room? Bursts of 32, a thousand packets a millisecond, none of which ends a handshake: each
/// evicts another one at the cap of half-open connections, or meets a table full of established ones and is denied.
/// </summary>
[MemoryDiagnoser]
[WarmupCount(20)]
[IterationCount(30)]
public class FloodBenchmarks : IDisposable
{
    private const int Burst = 32;
    private readonly Decision[] _decisions = new Decision[Burst];
    private TcpConversations _capped = null!;
    private TcpConversations _full = null!;
    private TimeSpan _time = TimeSpan.FromSeconds(1);
    private int _round;

    [Params(65_536, 1_000_000)]
    public int MaxConnections { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _capped = new TcpConversations(1_000, MaxConnections);
        _full = new TcpConversations(MaxConnections, MaxConnections);
        _round = MaxConnections / TcpConversations.RingLength;
        for (int i = 0; i <= MaxConnections / 4 / TcpConversations.RingLength; i++)
        {
            FillCapped();
            Evicting();
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _capped.Dispose();
        _full.Dispose();
        GC.SuppressFinalize(this);
    }

    [IterationSetup(Target = nameof(Evicting))]
    public void FillCapped() => _capped.FillRingWithSyns(++_round);

    [IterationSetup(Target = nameof(DeniedByAFullTable))]
    public void FillFull() => _full.FillRingWithSyns(++_round);

    [Benchmark(Baseline = true, OperationsPerInvoke = TcpConversations.RingLength)]
    public int Evicting() => Filter(_capped, TcpConversations.RingLength);

    [Benchmark(OperationsPerInvoke = TcpConversations.RingLength)]
    public int DeniedByAFullTable() => Filter(_full, 0);

    private int Filter(TcpConversations conversations, int expectAllowed)
    {
        int allowed = 0;
        for (int i = 0; i < TcpConversations.RingLength; i += Burst)
        {
            _time += TimeSpan.FromMicroseconds(Burst);
            allowed += conversations.Nic.Filter(Direction.Ingress, conversations.Ring, conversations.Slices.AsSpan(i, Burst), _decisions, _time);
        }

        return allowed == expectAllowed ? allowed : throw new InvalidOperationException($"{allowed} packets were allowed, not {expectAllowed}.");
    }
}
