using BenchmarkDotNet.Attributes;
using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks;

/// <summary>
/// What does a fragment cost? UDP datagrams of an established connection, whole and in three pieces that come in order, one packet a call;
/// then later fragments that nobody knows, which is what a flood is made of. Figures are for one packet.
/// </summary>
[MemoryDiagnoser]
public class FragmentBenchmarks : IDisposable
{
    private const int Datagrams = 1024;
    private const int Pieces = 3;
    private Firewall _firewall = null!;
    private NicFilter _nic = null!;
    private byte[][] _whole = null!;
    private byte[][] _pieces = null!;
    private byte[][] _unknown = null!;

    [Params(false, true)]
    public bool IPv6 { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        (_firewall, _nic) = FragmentedDatagrams.NewFirewall();
        _whole = FragmentedDatagrams.Whole(IPv6, Datagrams);
        _pieces = FragmentedDatagrams.InPieces(IPv6, Datagrams, Pieces);
        _unknown = [.. _pieces.Where((_, i) => i % Pieces != 0)];
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _firewall.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Datagrams)]
    public int Whole() => Filter(_whole, expectAllowed: Datagrams);

    [Benchmark(OperationsPerInvoke = Datagrams * Pieces)]
    public int InPieces() => Filter(_pieces, expectAllowed: Datagrams * Pieces);

    [Benchmark(OperationsPerInvoke = Datagrams * (Pieces - 1))]
    public int WithoutFirst() => Filter(_unknown, expectAllowed: 0);

    private int Filter(byte[][] packets, int expectAllowed)
    {
        int allowed = 0;
        foreach (byte[] packet in packets)
        {
            allowed += _nic.Filter(Direction.Ingress, packet).IsAllowed ? 1 : 0;
        }

        return allowed == expectAllowed ? allowed : throw new InvalidOperationException($"{allowed} packets were allowed, not {expectAllowed}.");
    }
}
