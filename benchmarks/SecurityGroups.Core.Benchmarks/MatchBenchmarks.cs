using System.Numerics;
using BenchmarkDotNet.Attributes;
using SecurityGroups.Benchmarks.Data;
using SecurityGroups.Match;

namespace SecurityGroups.Benchmarks;

/// <summary>
/// What does it cost to ask the rules, against what a .NET user has today: a list of <see cref="System.Net.IPNetwork"/> with protocol and ports,
/// scanned in order? Headers of the set's trace, about 70 % of which some rule admits.
/// </summary>
[MemoryDiagnoser]
public class MatchBenchmarks : IDisposable
{
    private const int Headers = 1_024;
    private MatchKey[] _keys = [];
    private NaiveMatch _naive = null!;
    private CompiledForm _form = null!;
    private Firewall _firewall = null!;

    [Params(
        "cloud_100.v4", "acl1_1k.v4", "fw1_1k.v4", "ipc1_1k.v4", "acl1_10k.v4", "fw1_10k.v4", "ipc1_10k.v4", "acl1_100k.v4", "fw1_100k.v4",
        "ipc1_100k.v4", "acl1_10k.v6", "fw1_10k.v6", "ipc1_10k.v6")]
    public string Set { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        RuleSet set = RuleSet.Load(Set);
        _keys = [.. set.Trace.Take(Headers).Select(header => header.ToMatchKey())];
        _naive = new NaiveMatch(set, Headers);
        _firewall = new Firewall(set.ToPolicy(), new FirewallOptions { LinkType = LinkType.RawIp });
        _form = _firewall.Ruleset.FormOf(_firewall.Ruleset.FindNic("nic")!).Form;
        if (Compiled() != LinearScan() || CompiledInBursts() != LinearScan())
        {
            throw new InvalidOperationException("The ways do not agree.");
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _firewall.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Headers)]
    public int LinearScan() => _naive.CountAllowed();

    [Benchmark(OperationsPerInvoke = Headers)]
    public int Compiled()
    {
        int allowed = 0;
        MembershipIndex members = _firewall.Ruleset.Members;
        foreach (ref readonly MatchKey key in _keys.AsSpan())
        {
            allowed += _form.IsAllowed(key, members, 0) ? 1 : 0;
        }

        return allowed;
    }

    [Benchmark(OperationsPerInvoke = Headers)]
    public int CompiledInBursts()
    {
        int allowed = 0;
        MembershipIndex members = _firewall.Ruleset.Members;
        for (int start = 0; start < Headers; start += MatchKey.MaxBurst)
        {
            allowed += BitOperations.PopCount(_form.AreAllowed(_keys.AsSpan(start, MatchKey.MaxBurst), members, 0));
        }

        return allowed;
    }

    [Benchmark(OperationsPerInvoke = Headers)]
    public long CompiledAndNamed()
    {
        long sum = 0;
        MembershipIndex members = _firewall.Ruleset.Members;
        foreach (ref readonly MatchKey key in _keys.AsSpan())
        {
            sum += _form.FindRule(key, members, 0);
        }

        return sum;
    }
}
