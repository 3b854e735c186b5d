using System.Net;
using BenchmarkDotNet.Attributes;

namespace SecurityGroups.Benchmarks;

/// <summary>How long does one change take to be in force for every NIC: one rule, one member of a large group that others reference?</summary>
[MemoryDiagnoser]
public class UpdateBenchmarks : IDisposable
{
    private const int Tiers = 50;
    private const int RulesPerTier = 200;
    private Firewall _firewall = null!;
    private bool _isChanged;

    [Params(100, 10_000)]
    public int Nics { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        IEnumerable<SecurityGroup> tiers = Enumerable.Range(0, Tiers).Select(Tier);
        IEnumerable<Nic> nics = Enumerable.Range(0, Nics).Select(i => Member(i, $"tier{i % Tiers}"));
        _firewall = new Firewall(Policy.Create(tiers, nics), new FirewallOptions { LinkType = LinkType.RawIp });
    }

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
        return _firewall.Update(policy => policy.UpdateGroup("tier0", group => _isChanged
            ? group.WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, 9_999, Remote.Any) with { Id = "extra", Ethertype = Ethertype.IPv4 })
            : group.WithoutRule("extra"))).Generation;
    }

    [Benchmark]
    public long OneMember()
    {
        _isChanged = !_isChanged;
        return _firewall.Update(policy => _isChanged
            ? policy.WithNic(Member(Nics, "tier0"))
            : policy.WithoutNic($"nic{Nics}")).Generation;
    }

    private static SecurityGroup Tier(int number) => SecurityGroup.CreateDefault($"tier{number}").WithRules(
        Enumerable.Range(0, RulesPerTier).Select(i => (i % 4 == 0
            ? SecurityGroupRule.Ingress(IpProtocol.Tcp, 1_000 + i, Remote.SecurityGroup($"tier{(number + 1) % Tiers}"))
            : SecurityGroupRule.Ingress(IpProtocol.Tcp, 1_000 + i, Remote.Network($"10.{i}.{number}.0/24"))) with
        { Id = $"r{i}", Ethertype = Ethertype.IPv4 }));

    private static Nic Member(int number, string group) => new($"nic{number}")
    {
        Addresses = [new IPAddress([172, 16, (byte)(number >> 8), (byte)number])],
        SecurityGroups = [group],
    };
}
