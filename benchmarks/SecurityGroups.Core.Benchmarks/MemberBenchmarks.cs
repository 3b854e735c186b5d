using BenchmarkDotNet.Attributes;
using SecurityGroups.Benchmarks.Data;
using SecurityGroups.Match;

namespace SecurityGroups.Benchmarks;

/// <summary>
/// What does the size of a group that the rules of a thousand others name cost: when one NIC joins the policy as a member or
/// leaves it, when one moves between the group and another, and when a packet's remote is looked up among the members?
/// </summary>
[MemoryDiagnoser]
public class MemberBenchmarks : IDisposable
{
    private Firewall _firewall = null!;
    private CompiledForm _form = null!;
    private MatchKey[] _keys = [];
    private Nic _newcomer = null!;
    private bool _isMember = true;

    [Params(10, 1_000, 100_000)]
    public int Members { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _firewall = new Firewall(LargeGroup.Policy(Members), new FirewallOptions { LinkType = LinkType.RawIp });
        _form = _firewall.Ruleset.FormOf(_firewall.Ruleset.FindNic("user0")!).Form;
        _newcomer = LargeGroup.Member(Members);
        Random random = new(1);
        _keys = [.. Enumerable.Range(0, 1_024).Select(_ => new MatchKey(
            Direction.Ingress, Ethertype.IPv4, LargeGroup.AddressOf(random.Next(1, Members)), (byte)IpProtocol.Tcp.Number, LargeGroup.PortOf(0)))];
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _firewall.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public long JoinOrLeave() => _firewall.Update(policy => LargeGroup.Toggle(policy, _newcomer)).Generation;

    [Benchmark]
    public long Move()
    {
        _isMember = !_isMember;
        return _firewall.Update(policy => policy.UpdateNic("member0", nic => nic with
        {
            SecurityGroups = [_isMember ? LargeGroup.GroupId : LargeGroup.ReferrerId(1)],
        })).Generation;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = 1_024)]
    public int Lookup()
    {
        int allowed = 0;
        MembershipIndex members = _firewall.Ruleset.Members;
        foreach (ref readonly MatchKey key in _keys.AsSpan())
        {
            allowed += _form.IsAllowed(key, members, 0) ? 1 : 0;
        }

        return allowed == _keys.Length ? allowed : throw new InvalidOperationException($"{allowed} of {_keys.Length} members were found.");
    }
}
