using System.Net;
using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests;

/// <summary>Which connections a filter means, and what removing and expiring them does.</summary>
public sealed class ConnectionFilterTests
{
    private static readonly Policy s_open = Policy.Create(
        [Group("web", IngressAll, EgressAll), Group("db", EgressAll)],
        [Nic(W, "web"), Nic(D, "db")]);

    /// <summary>Each row names the local ports (ICMP: the identifier) of the connections that are meant.</summary>
    public static TheoryData<string, ConnectionFilter, int[]> Rows => new()
    {
        { "all", ConnectionFilter.All, [53, 443, 40_000, 7, 1000] },
        { "nic", new() { NicId = D }, [1000] },
        { "unknown nic", new() { NicId = "x" }, [] },
        { "protocol", new() { Protocol = IpProtocol.Tcp }, [443, 40_000] },
        { "local ports", new() { LocalPorts = new PortRange(53, 443) }, [53, 443] },
        { "a range that the identifier would be in", new() { LocalPorts = new PortRange(1, 60) }, [53] },
        { "remote ports", new() { RemotePorts = new PortRange(443) }, [40_000] },
        { "a range that the type and code would be in", new() { RemotePorts = new PortRange(2_048, 32_768) }, [53, 443] },
        { "initiated by the instance", new() { Initiated = Direction.Egress }, [40_000, 7, 1000] },
        { "initiated by the other end", new() { Initiated = Direction.Ingress }, [53, 443] },
        { "state", new() { State = "synSent" }, [443, 40_000] },
        { "no state of these", new() { State = "established" }, [] },
        { "idle for 10 s", new() { MinIdle = TimeSpan.FromSeconds(10) }, [53, 443] },
        { "idle for a little more", new() { MinIdle = TimeSpan.FromSeconds(10) + TimeSpan.FromTicks(1) }, [] },
        { "not revoked", new() { IsRevoked = false }, [53, 443, 40_000, 7, 1000] },
        { "revoked", new() { IsRevoked = true }, [] },
        { "untagged", new() { VlanIds = 0 }, [53, 443, 40_000, 7, 1000] },
        { "tagged", new() { VlanIds = 5 }, [] },
        { "two members", new() { Protocol = IpProtocol.Tcp, Initiated = Direction.Ingress }, [443] },
    };

    [Theory, MemberData(nameof(Rows))]
    public void Filter_ByEachMember_MeansTheSameToListAndRemove(string name, ConnectionFilter filter, int[] expected)
    {
        foreach (Ethertype family in Enum.GetValues<Ethertype>())
        {
            using Firewall firewall = Open(Ends.For(family));
            Assert.True(expected.Order().SequenceEqual(Ports(firewall.GetConnections(filter))), name);
            Assert.Equal(expected.Length, firewall.RemoveConnections(filter));
            Assert.Equal(5 - expected.Length, firewall.GetConnections().Count());
            Assert.Empty(firewall.GetConnections(filter));
            Assert.Null(firewall.Tracker.Table.FindDamage());
        }
    }

    [Theory, Families]
    public void Filter_ByPrefixes_LooksAtTheRightEndAndFamily(Ethertype family)
    {
        Ends e = Ends.For(family);
        Ends other = Ends.For(family == Ethertype.IPv4 ? Ethertype.IPv6 : Ethertype.IPv4);
        using Firewall firewall = Open(e);
        Assert.Equal(5, firewall.GetConnections(new ConnectionFilter { Remote = Cidr.Parse(e.Network) }).Count());
        Assert.Equal(4, firewall.GetConnections(new ConnectionFilter { Local = Cidr.Parse(e.W) }).Count());
        Assert.Empty(firewall.GetConnections(new ConnectionFilter { Local = Cidr.Parse(e.Network) }));
        Assert.Empty(firewall.GetConnections(new ConnectionFilter { Remote = Cidr.Parse(other.World) }));
        Assert.Empty(firewall.GetConnections(new ConnectionFilter { Ethertype = other.Ethertype }));
        Assert.Equal(5, firewall.GetConnections(new ConnectionFilter { Ethertype = family }).Count());
    }

    [Fact]
    public void Filter_ByMappedAddress_MeansTheIPv4Address()
    {
        using Firewall firewall = Open(Ends.IPv4);
        Cidr remote = Cidr.FromAddress(IPAddress.Parse(Ends.IPv4.X).MapToIPv6());
        Assert.Equal(5, firewall.GetConnections(new ConnectionFilter { Remote = remote }).Count());
    }

    [Fact]
    public void Filter_ByVlan_MeansTheTaggedOnes()
    {
        Policy policy = Policy.Create([Group("web", EgressAll)], [Nic(W, "web") with { Options = new NicOptions { VlanIds = [5] } }]);
        using Firewall firewall = new(policy, Ethernet);
        Assert.True(firewall[W].Filter(Direction.Egress, Ends.IPv4.Out.Udp(1, 2).Ethernet().Vlan(5)).IsAllowed);
        Assert.True(firewall[W].Filter(Direction.Egress, Ends.IPv4.Out.Udp(1, 2).Ethernet()).IsAllowed);
        Assert.Equal(5, Assert.Single(firewall.GetConnections(new ConnectionFilter { VlanIds = 5 })).VlanIds);
        Assert.Equal(1, firewall.RemoveConnections(new ConnectionFilter { VlanIds = 5 }));
    }

    [Theory, Families]
    public void Remove_OfANic_SparesTheOthers(Ethertype family)
    {
        using Firewall firewall = Open(Ends.For(family));
        Assert.Equal(0, firewall[D].RemoveConnections(new ConnectionFilter { NicId = W }));
        Assert.Equal([1000], Ports(firewall[D].GetConnections(ConnectionFilter.All)));
        Assert.Equal(1, firewall[D].RemoveConnections(ConnectionFilter.All));
        Assert.Equal([7, 53, 443, 40_000], Ports(firewall.GetConnections()));
    }

    /// <summary>A removed connection is forgotten, not forbidden: what comes next is a first packet.</summary>
    [Theory, Families]
    public void Remove_NextPacket_IsJudgedAsNew(Ethertype family) => new Scenario(P0)
        .Play(Ends.For(family), "E; > udp lp=7 rp=53:new; < udp lp=7 rp=53:est")
        .Check(firewall => Assert.Equal(2, firewall.RemoveConnections(ConnectionFilter.All)))
        .Play(Ends.For(family), "< A 5001 1001:NotSyn; > A 1001 5001:NotSyn; < udp lp=7 rp=53:NoMatchingRule; > udp lp=7 rp=53:new; E; count 2")
        .Run();

    /// <summary>Without its tombstone the instance's next datagram would open the revoked conversation as its own.</summary>
    [Theory, Families]
    public void Remove_SparesTombstones_UnlessAskedForThem(Ethertype family) => new Scenario(Web(IngressAll, EgressAll))
        .Play(Ends.For(family), "< udp:new")
        .Update(policy => policy.SetRules("web", EgressAll))
        .Play(Ends.For(family), "< udp:PolicyRevoked")
        .Check(firewall => Assert.Equal(0, firewall.RemoveConnections(ConnectionFilter.All)))
        .Play(Ends.For(family), "> udp:PolicyRevoked")
        .Check(firewall => Assert.Equal(1, firewall.RemoveConnections(new ConnectionFilter { IsRevoked = true })))
        .Play(Ends.For(family), "< udp:NoMatchingRule; > udp:new")
        .Run();

    [Fact]
    public void Expire_TakesOutWhatRanOut_WithinItsBudget()
    {
        ManualTimeProvider clock = new();
        using Firewall firewall = new(P0, Options with { TimeProvider = clock });
        for (int port = 1; port <= 100; port++)
        {
            Assert.True(firewall[W].Filter(Direction.Egress, Ends.IPv4.Out.Udp(port, 53)).IsAllowed);
        }

        Assert.Equal(0, firewall.ExpireConnections(int.MaxValue));
        clock.Advance(30);
        Assert.Equal(0, firewall.ExpireConnections(0));
        Assert.Equal((10, 90), (firewall.ExpireConnections(10), firewall.GetStatistics().Connections));
        Assert.Equal((90, 0), (firewall.ExpireConnections(int.MaxValue), firewall.GetStatistics().Connections));
    }

    [Fact]
    public void Expire_AtACallersTime_NeedsNoPacket()
    {
        using Firewall firewall = new(P0, Options with { CallerTimestamps = true });
        Assert.True(firewall[W].Filter(Direction.Egress, Ends.IPv4.Out.Udp(1, 53), TimeSpan.Zero).IsAllowed);
        Assert.Equal(0, firewall.ExpireConnections(1000));
        Assert.Equal(0, firewall.ExpireConnections(1000, TimeSpan.FromSeconds(29)));
        Assert.Equal(1, firewall.ExpireConnections(1000, TimeSpan.FromSeconds(30)));
        using Firewall other = new(P0, Options);
        Assert.Throws<InvalidOperationException>(() => other.ExpireConnections(1, TimeSpan.Zero));
    }

    [Fact]
    public void Doors_RefuseWhatMeansNothing()
    {
        Assert.Throws<ArgumentException>(() => new ConnectionFilter { Protocol = default });
        Assert.Throws<ArgumentException>(() => new ConnectionFilter { LocalPorts = default });
        Assert.Throws<ArgumentException>(() => new ConnectionFilter { RemotePorts = default });
        Assert.Contains("synSent", Assert.Throws<ArgumentException>(() => new ConnectionFilter { State = "open" }).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectionFilter { MinIdle = TimeSpan.FromTicks(-1) });
        Firewall firewall = new(P0, Options);
        NicFilter nic = firewall[W];
        Assert.Throws<ArgumentOutOfRangeException>(() => firewall.ExpireConnections(-1));
        Assert.Throws<ArgumentNullException>(() => firewall.RemoveConnections(null!));
        Assert.Throws<ArgumentNullException>(() => firewall.GetConnections(null!));
        firewall.Dispose();
        Assert.Throws<ObjectDisposedException>(() => firewall.RemoveConnections(ConnectionFilter.All));
        Assert.Throws<ObjectDisposedException>(() => nic.RemoveConnections(ConnectionFilter.All));
        Assert.Throws<ObjectDisposedException>(() => firewall.ExpireConnections(1));
    }

    [Fact]
    public void Remove_OfARemovedNicsHandle_RemovesNothing()
    {
        using Firewall firewall = new(s_open, Options);
        NicFilter old = firewall[W];
        firewall.Update(policy => policy.WithoutNic(W));
        firewall.Update(policy => policy.WithNic(Nic(W, "web")));
        Assert.True(firewall[W].Filter(Direction.Egress, Ends.IPv4.Out.Udp(1, 2)).IsAllowed);
        Assert.Equal(0, old.RemoveConnections(ConnectionFilter.All));
        Assert.Empty(old.GetConnections());
        Assert.Equal(1, firewall[W].RemoveConnections(ConnectionFilter.All));
    }

    // Two that came in, 10 s later three that went out; D's has port 1000.
    private static Firewall Open(Ends e)
    {
        ManualTimeProvider clock = new();
        Firewall firewall = new(s_open, Options with { TimeProvider = clock });
        Assert.True(firewall[W].Filter(Direction.Ingress, e.In.Udp(5000, 53)).IsAllowed);
        Assert.True(firewall[W].Filter(Direction.Ingress, e.In.Tcp(5000, 443)).IsAllowed);
        clock.Advance(10);
        Assert.True(firewall[W].Filter(Direction.Egress, e.Out.Tcp(40_000, 443)).IsAllowed);
        Assert.True(firewall[W].Filter(Direction.Egress, e.Out.EchoRequest(7)).IsAllowed);
        Assert.True(firewall[D].Filter(Direction.Egress, PacketBuilder.Ip(e.D, e.X).Udp(1000, 53)).IsAllowed);
        return firewall;
    }

    private static int[] Ports(IEnumerable<ConnectionInfo> connections) =>
        [.. connections.Select(connection => connection.IcmpIdentifier ?? connection.LocalPort).Order()];
}
