using System.Net;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>What decisions.md says about the API, links and options.</summary>
public sealed class DecisionsApiTests
{
    private static readonly byte[] s_packet = Ends.IPv4.In.Udp(5000, 53);

    [Fact]
    public void Burst_WithTooFewDecisions_ThrowsBeforeAnyPacket()
    {
        using Firewall firewall = new(Web(IngressAll), Options);
        NicFilter nic = firewall[W];
        Decision[] decisions = new Decision[1];
        ReadOnlyMemory<byte>[] packets = [s_packet, s_packet];
        byte[] buffer = [.. s_packet, .. s_packet];
        PacketSlice[] slices = [new(0, s_packet.Length), new(s_packet.Length, s_packet.Length)];
        PacketSlice[][] outside = [[new(0, s_packet.Length), new(1, buffer.Length)], [new(-1, 2)], [new(0, -1)], [new(int.MaxValue, int.MaxValue)]];
        Assert.Throws<ArgumentException>(() => nic.Filter(Direction.Ingress, packets, decisions));
        Assert.Throws<ArgumentException>(() => nic.Filter(Direction.Ingress, buffer, slices, decisions));
        Assert.All(outside, bad => Assert.ThrowsAny<ArgumentException>(() => nic.Filter(Direction.Ingress, buffer, bad, new Decision[2])));
        Assert.Equal(default, decisions[0]);
        Assert.Equal(0, nic.GetStatistics().Allowed + nic.GetStatistics().Denied);
        Assert.Empty(firewall.GetConnections());
    }

    [Fact]
    public void Burst_WritesEverySlotAndLeavesTheRest()
    {
        using Firewall firewall = new(Web(Ingress(IpProtocol.Udp, 53, Remote.Any)), Options);
        Decision[] decisions = new Decision[4];
        ReadOnlyMemory<byte>[] packets = [s_packet, Array.Empty<byte>(), s_packet];
        Assert.Equal(2, firewall[W].Filter(Direction.Ingress, packets, decisions));
        Assert.Equal([Reason.MatchedRule, Reason.Malformed, Reason.Established, Reason.NotEvaluated], decisions.Select(decision => decision.Reason));
        Assert.Equal(0, firewall[W].Filter(Direction.Ingress, ReadOnlySpan<ReadOnlyMemory<byte>>.Empty, decisions));
    }

    [Fact]
    public void Dispose_EndsEveryHandle()
    {
        Firewall firewall = new(Web(IngressAll), Options);
        NicFilter nic = firewall[W];
        Assert.True(nic.Filter(Direction.Ingress, s_packet).IsAllowed);
        firewall.Dispose();
        firewall.Dispose();
        Decision[] decisions = new Decision[1];
        Assert.Equal(Reason.FirewallDisposed, nic.Filter(Direction.Ingress, s_packet).Reason);
        Assert.Equal(0, nic.Filter(Direction.Ingress, new ReadOnlyMemory<byte>[] { s_packet }, decisions));
        Assert.Equal(Reason.FirewallDisposed, decisions[0].Reason);
        Assert.Throws<ObjectDisposedException>(() => firewall.Update(policy => policy));
        Assert.Throws<ObjectDisposedException>(() => firewall[W]);
        Assert.Throws<ObjectDisposedException>(() => firewall.TryGetNic(W, out _));
        Assert.Throws<ObjectDisposedException>(() => firewall.GetConnections());
        Assert.Throws<ObjectDisposedException>(firewall.GetStatistics);
        Assert.Throws<ObjectDisposedException>(() => firewall.TryGetRule(decisions[0], out _));
    }

    /// <summary>A connection whose time is over does not come back to life because the clock was set years ahead, as by NTP after a boot.</summary>
    [Theory]
    [InlineData(9)]
    [InlineData(15)]
    [InlineData(56)]
    public void Timestamps_ThatLeapYears_ExpireConnections(int years)
    {
        using Firewall firewall = new(Web(EgressAll), Options with { CallerTimestamps = true });
        NicFilter nic = firewall[W];
        Ends e = Ends.For(Ethertype.IPv4);
        Assert.True(nic.Filter(Direction.Egress, e.Out.Udp(5000, 53), TimeSpan.Zero).IsAllowed);
        TimeSpan later = TimeSpan.FromDays(365.25 * years);
        Assert.Equal(Reason.NoMatchingRule, nic.Filter(Direction.Ingress, e.In.Udp(53, 5000), later).Reason);
    }

    [Fact]
    public void Explain_OfAnotherTime_LeavesTheClockAlone()
    {
        using Firewall firewall = new(Web(EgressAll), Options with { CallerTimestamps = true });
        NicFilter nic = firewall[W];
        Ends e = Ends.For(Ethertype.IPv4);
        nic.Explain(Direction.Egress, e.Out.Udp(5000, 53), TimeSpan.MaxValue);
        nic.Filter(Direction.Egress, e.Out.Udp(5000, 53), TimeSpan.FromSeconds(1));
        Assert.Equal(Reason.NoMatchingRule, nic.Explain(Direction.Ingress, e.In.Udp(53, 5000), TimeSpan.FromDays(1)).Decision.Reason);
        Assert.Single(firewall.GetConnections());
        Assert.Equal(Reason.Established, nic.Filter(Direction.Ingress, e.In.Udp(53, 5000), TimeSpan.FromSeconds(2)).Reason);
    }

    [Fact]
    public void Update_WithinUpdate_Throws()
    {
        using Firewall firewall = new(Web(), Options);
        Assert.Throws<InvalidOperationException>(() => firewall.Update(policy =>
        {
            firewall.Update(inner => inner.SetRules("web", IngressAll));
            return policy;
        }));
        Assert.Equal(1, firewall.Generation);
        Assert.Equal(2, firewall.Update(policy => policy.SetRules("web", IngressAll)).Generation);
    }

    [Fact]
    public void Update_BeyondTheMemoryLimit_ChangesNothing()
    {
        PolicyLimits limits = new() { MaxCompiledOctets = 2_000 };
        using Firewall firewall = new(Web(IngressAll), Options with { Limits = limits });
        SecurityGroupRule[] many = [.. Enumerable.Range(1, 50).Select(i => Ingress(IpProtocol.Tcp, i, Remote.Network($"192.0.2.{i}/32")) with { Id = $"r{i}" })];
        PolicyException exception = Assert.Throws<PolicyException>(() => firewall.Update(policy => policy.SetRules("web", many)));
        Assert.Equal("limit.compiledMemory", Assert.Single(exception.Errors).Code);
        Assert.Equal((1, true), (firewall.Generation, firewall[W].Filter(Direction.Ingress, s_packet).IsAllowed));
        Assert.Equal(2, firewall.Update(policy => policy.SetRules("web", many[..2])).Generation);
    }

    [Fact]
    public void Update_WhoseLambdaThrows_ChangesNothing()
    {
        using Firewall firewall = new(Web(), Options);
        Policy before = firewall.Policy;
        Assert.Throws<FormatException>(() => firewall.Update(_ => throw new FormatException()));
        Assert.ThrowsAny<Exception>(() => firewall.Update(_ => null!));
        Assert.Throws<ArgumentNullException>(() => firewall.Update(null!));
        Assert.Same(before, firewall.Policy);
        Assert.Equal(1, firewall.Generation);
    }

    [Fact]
    public void Arguments_ThatAreNull_ThrowWithTheirName()
    {
        using Firewall firewall = new(Web(), Options);
        Assert.Equal("policy", Assert.Throws<ArgumentNullException>(() => new Firewall(null!, Options)).ParamName);
        Assert.Equal("options", Assert.Throws<ArgumentNullException>(() => new Firewall(Web(), null!)).ParamName);
        Assert.Equal("remote", Assert.Throws<ArgumentNullException>(() => Ingress(IpProtocol.Tcp, 22, null!)).ParamName);
        Assert.Equal("nicId", Assert.Throws<ArgumentNullException>(() => firewall.TryGetNic(null!, out _)).ParamName);
        Assert.Throws<KeyNotFoundException>(() => firewall["nobody"]);
    }

    [Fact]
    public void OptionsOutOfRange_ThrowAtTheDoor()
    {
        Func<FirewallOptions>[] bad =
        [
            () => Options with { LinkType = default },
            () => With(tracking => tracking with { MaxConnections = 0 }),
            () => With(tracking => tracking with { MaxConnections = 16_777_217 }),
            () => With(tracking => tracking with { IcmpErrorsPerSecond = -1 }),
            () => With(tracking => tracking with { PickUp = (PickUp)9 }),
            () => Options with { AllowedEthertypes = [0x05FF] },
        ];
        Assert.All(bad, options => Assert.ThrowsAny<ArgumentException>(() => new Firewall(Web(), options())));
    }

    [Fact]
    public void OneTimeSourcePerFirewall_TheOtherOverloadsThrow()
    {
        using Firewall clocked = new(Web(IngressAll), Options);
        using Firewall timestamped = new(Web(IngressAll), Options with { CallerTimestamps = true });
        Assert.Throws<InvalidOperationException>(() => clocked[W].Filter(Direction.Ingress, s_packet, TimeSpan.Zero));
        Assert.Throws<InvalidOperationException>(() => timestamped[W].Filter(Direction.Ingress, s_packet));
        Assert.Throws<InvalidOperationException>(() => timestamped[W].Filter(Direction.Ingress, new ReadOnlyMemory<byte>[] { s_packet }, new Decision[1]));
        Assert.True(timestamped[W].Filter(Direction.Ingress, s_packet, TimeSpan.Zero).IsAllowed);
    }

    [Theory, Families]
    public void Timestamp_OlderThanTheEntry_CountsAsEqual(Ethertype family) => new Scenario(P0)
        .Play(Ends.For(family), "> udp:new; wait -1000; < udp:est; wait 1029; < udp:est; wait -5; > udp:est; wait 34; < udp:est")
        .NotRestored("no connection comes back younger than now, so a clock that went back and on again ages it")
        .Run();

    [Fact]
    public void MappedAddress_IsUnmappedAtTheDoor()
    {
        Nic nic = NicAt(W, IPAddress.Parse(Ends.IPv4.W).MapToIPv6()) with { SecurityGroups = ["web"] };
        new Scenario(Policy.Create([Group("web", EgressAll, IngressAll)], [nic]))
            .Egress(Ends.IPv4.Out.Udp(1, 2), Reason.MatchedRule)
            .Ingress(Ends.IPv4.In.Udp(1, 3), Reason.MatchedRule)
            .Run();
    }

    [Theory]
    [InlineData(0x88CC)]
    [InlineData(0x0026)]
    [InlineData(0x8847)]
    public void OtherEthertypes_AreDeniedUnlessListed(int etherType)
    {
        PacketBuilder frame = PacketBuilder.Frame((ushort)etherType, new byte[46]);
        new Scenario(Web(IngressAll, EgressAll), Ethernet)
            .Ingress(frame, Reason.EthertypeNotAllowed)
            .Egress(frame, Reason.EthertypeNotAllowed)
            .Run();
        if (etherType >= 0x0600)
        {
            new Scenario(Web(), Ethernet with { AllowedEthertypes = [(ushort)etherType] }).Ingress(frame, Reason.Infrastructure).Run();
        }
    }

    [Fact]
    public void TaggedFrames_AreDeniedUnlessTheNicListsTheirVlan()
    {
        PacketBuilder packet = Ends.IPv4.In.Udp(5000, 53).Ethernet();
        Policy listed = Web(IngressAll).UpdateNic(W, nic => nic with { Options = new NicOptions { VlanIds = [7] } });
        new Scenario(Web(IngressAll), Ethernet)
            .Ingress(packet.Vlan(7), Reason.VlanNotAllowed)
            .Ingress(packet.Vlan(0), Reason.MatchedRule)
            .Ingress(packet.Vlan(0x2000), Reason.Established)
            .Ingress(packet.Vlan(1).Vlan(2).Vlan(3), Reason.Malformed)
            .Run();
        new Scenario(listed, Ethernet)
            .Ingress(packet.Vlan(7), Reason.MatchedRule)
            .Ingress(packet.Vlan(8), Reason.VlanNotAllowed)
            .Ingress(packet.Vlan(8, 0x88A8).Vlan(7), Reason.VlanNotAllowed)
            .Run();
    }

    [Fact]
    public void Connections_AreKeyedByVlan()
    {
        Policy policy = Web(EgressAll).UpdateNic(W, nic => nic with { Options = new NicOptions { VlanIds = [7, 8] } });
        new Scenario(policy, Ethernet)
            .Egress(Ends.IPv4.Out.Udp(5000, 53).Vlan(7), Reason.MatchedRule)
            .Ingress(Ends.IPv4.In.Udp(53, 5000).Vlan(8), Reason.NoMatchingRule)
            .Ingress(Ends.IPv4.In.Udp(53, 5000).Vlan(7), Reason.Established)
            .Run();
    }

    [Fact]
    public void NicOptions_OverrideTheFirewalls()
    {
        NicOptions own = new()
        {
            LinkType = LinkType.Ethernet,
            PickUp = PickUp.Loose,
            WindowCheck = WindowCheck.Off,
            Infrastructure = InfrastructureTraffic.None,
        };
        Policy policy = Policy.Create([Group("web", IngressAll)], [Nic(W, "web") with { Options = own }, Nic(D, "web")]);
        PacketBuilder ack = Ends.IPv4.In.Tcp(1, 2, TcpFlags.Ack, 1, 1);
        new Scenario(policy)
            .Ingress(ack.Ethernet(), Reason.MatchedRule)
            .Ingress(ack.Between(Ends.IPv4.X, Ends.IPv4.D), Reason.NotSyn, D)
            .Ingress(PacketBuilder.ArpRequest(PacketBuilder.DefaultSourceMac, "10.0.0.1", "10.0.0.10"), Reason.NoMatchingRule)
            .Run();
    }

    [Fact]
    public void PortRange_Default_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PortRange(0, 0));
        Assert.ThrowsAny<ArgumentException>(() => Ingress(IpProtocol.Tcp, default(PortRange), Remote.Any));
        Assert.ThrowsAny<ArgumentException>(() => Ingress(IpProtocol.Icmp, default(IcmpMatch), Remote.Any));
        Assert.ThrowsAny<ArgumentException>(() => Ingress(default, Remote.Any));
    }
}
