using System.Net;
using BenchmarkDotNet.Attributes;
using SecurityGroups.Benchmarks.Data;
using SecurityGroups.Match;

namespace SecurityGroups.Benchmarks;

/// <summary>
/// What does it cost to ask the rules, against what a .NET user has today: a list of <see cref="IPNetwork"/> with protocol and ports,
/// scanned in order? Headers of the set's trace, about 70 % of which some rule admits.
/// </summary>
[MemoryDiagnoser]
public class MatchBenchmarks : IDisposable
{
    private const int Headers = 1_024;
    private readonly MatchKey[] _keys = new MatchKey[Headers];
    private Header[] _headers = [];
    private (IPNetwork Network, byte Protocol, ushort Low, ushort High)[] _list = [];
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
        _headers = [.. set.Trace.Take(Headers)];
        for (int i = 0; i < Headers; i++)
        {
            _keys[i] = new MatchKey(
                Direction.Ingress, AddressBits.EthertypeOf(_headers[i].Remote), AddressBits.From(_headers[i].Remote), _headers[i].Protocol, _headers[i].Port);
        }

        _list = [.. set.Rules.Rules.Select(rule => (
            IPNetwork.Parse(rule.Remote.Prefix!.NormalizedText), rule.Protocol.IsAny ? (byte)0 : rule.Protocol.Number, rule.Ports.Min, rule.Ports.Max))];
        _firewall = new Firewall(set.ToPolicy(), new FirewallOptions { LinkType = LinkType.RawIp });
        _form = _firewall.Ruleset.FormOf(_firewall.Ruleset.FindNic("nic")!).Form;
        if (Compiled() != LinearScan())
        {
            throw new InvalidOperationException("The two ways do not agree.");
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _firewall.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Headers)]
    public int LinearScan()
    {
        int allowed = 0;
        foreach (Header header in _headers)
        {
            foreach ((IPNetwork network, byte protocol, ushort low, ushort high) in _list)
            {
                bool matches = (protocol == 0 || protocol == header.Protocol)
                    && ((low == 1 && high == ushort.MaxValue) || (header.Port >= low && header.Port <= high))
                    && network.Contains(header.Remote);
                if (matches)
                {
                    allowed++;
                    break;
                }
            }
        }

        return allowed;
    }

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
