using SecurityGroups.Tests.Support;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>
/// Floods with forged sources against an open port: a thousand live connections lose nothing, and whoever comes in between gets through.
/// </summary>
public sealed class FloodTests
{
    private const int Live = 1_000;
    private const int Million = 1_000_000;

    [Theory]
    [InlineData(Ethertype.IPv4, 65_536, Million)]
    [InlineData(Ethertype.IPv6, 65_536, Million)]
    [InlineData(Ethertype.IPv4, 4_096, Million / 5)]
    [InlineData(Ethertype.IPv6, 4_096, Million / 5)]
    public void SpoofedSyns_AgainstLiveConnections_LoseNone(Ethertype family, int maxConnections, int packets)
    {
        FloodRun run = new(family, maxConnections);
        run.Open(Live);
        run.Syns(packets, every: 16_384);
        run.Verify();
        FirewallStatistics figures = run.Firewall.GetStatistics();
        Assert.InRange(figures.HalfOpen, maxConnections / 5, maxConnections / 4);
        Assert.InRange(figures.Evicted, packets - (maxConnections / 4), packets);
        Assert.Equal(figures.Evicted, figures.Nics.Sum(nic => nic.Evicted));
        Assert.Equal((figures.Connections, figures.HalfOpen), (figures.Nics[0].Connections, figures.Nics[0].HalfOpen));
    }

    [Theory]
    [InlineData(Ethertype.IPv4, 65_536, Million / 2)]
    [InlineData(Ethertype.IPv6, 4_096, Million / 5)]
    public void SpoofedDatagrams_AnsweredOrNot_LoseNoLiveConnection(Ethertype family, int maxConnections, int packets)
    {
        FloodRun run = new(family, maxConnections);
        run.Open(Live);
        run.Datagrams(packets, every: 16_384);
        run.Verify();
        Assert.InRange(run.Firewall.GetStatistics().Unreplied, maxConnections / 5 * 2, maxConnections / 2);
    }

    [Theory, Families]
    public void SpoofedSynsAndDatagrams_WithEveryCapReached_LeaveAQuarterForOthers(Ethertype family)
    {
        FloodRun run = new(family, 4_096);
        run.Open(Live);
        run.Syns(20_000, every: 4_096);
        run.Datagrams(20_000, every: 4_096);
        run.Syns(20_000, every: 4_096);
        run.Verify();
        FirewallStatistics figures = run.Firewall.GetStatistics();
        Assert.Equal((1_024, 2_048), (figures.HalfOpen, figures.Unreplied));
        Assert.Equal(1, figures.PressureEvents);
    }

    /// <summary>A guest that scans the world fills its own share and no other's.</summary>
    [Theory, Families]
    public void ScanFromAProtectedNic_StaysWithinItsQuota(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create([Group("web", EgressAll)], [Nic(W, "web") with { Options = new NicOptions { MaxConnections = 200 } }, Nic(D, "web")]);
        using Firewall firewall = new(policy, Options with { TimeProvider = new ManualTimeProvider() });
        Assert.True(firewall[D].Filter(Direction.Egress, PacketBuilder.Ip(e.D, e.X).Udp(5, 53)).IsAllowed);
        for (int port = 1; port <= 20_000; port++)
        {
            Assert.True(firewall[W].Filter(Direction.Egress, e.Out.Udp(1234, port)).IsAllowed);
        }

        Assert.Equal((100, 19_900L), (firewall[W].GetStatistics().Connections, firewall[W].GetStatistics().Evicted));
        Assert.Equal((1, 0L), (firewall[D].GetStatistics().Connections, firewall[D].GetStatistics().Evicted));
        Assert.Equal(Reason.Established, firewall[D].Filter(Direction.Ingress, PacketBuilder.Ip(e.X, e.D).Udp(53, 5)).Reason);
    }
}
