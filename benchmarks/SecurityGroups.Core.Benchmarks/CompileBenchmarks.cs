using BenchmarkDotNet.Attributes;
using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks;

/// <summary>How long does it take from a policy object to a firewall that filters by it?</summary>
[MemoryDiagnoser]
public class CompileBenchmarks
{
    private Policy _policy = null!;

    [Params("cloud_100.v4", "acl1_1k.v4", "acl1_10k.v4", "fw1_10k.v6", "acl1_100k.v4", "fw1_100k.v4", "ipc1_100k.v4")]
    public string Set { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _policy = RuleSet.Load(Set).ToPolicy();

    [Benchmark(Baseline = true)]
    public long Compile()
    {
        using Firewall firewall = new(_policy, new FirewallOptions
        {
            LinkType = LinkType.RawIp,
            ConnectionTracking = new ConnectionTrackingOptions { MaxConnections = 1 },
        });
        return firewall.Generation;
    }
}
