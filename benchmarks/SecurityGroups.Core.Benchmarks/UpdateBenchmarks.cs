using BenchmarkDotNet.Attributes;
using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks;

/// <summary>How long does one change take to be in force for every NIC: one rule, one member of a large group that others reference?</summary>
[MemoryDiagnoser]
public class UpdateBenchmarks : IDisposable
{
    private const int RulesPerTier = 200;
    private Firewall _firewall = null!;
    private bool _isChanged;

    [Params(100, 10_000)]
    public int Nics { get; set; }

    [GlobalSetup]
    public void Setup() => _firewall = new Firewall(TieredPolicy.Policy(RulesPerTier, Nics), new FirewallOptions { LinkType = LinkType.RawIp });

    [GlobalCleanup]
    public void Dispose()
    {
        _firewall.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public long OneRule()
    {
        _isChanged = !_isChanged;
        return _firewall.Update(policy => TieredPolicy.ToggleRule(policy, _isChanged)).Generation;
    }

    [Benchmark]
    public long OneMember()
    {
        _isChanged = !_isChanged;
        return _firewall.Update(policy => TieredPolicy.ToggleMember(policy, Nics, _isChanged)).Generation;
    }
}
