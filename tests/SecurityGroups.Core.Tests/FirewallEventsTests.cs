using System.Net;
using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests;

/// <summary>Which events come, when and with what in them.</summary>
public sealed class FirewallEventsTests
{
    private static readonly FirewallOptions s_options = With(tracking => tracking with { CountTraffic = true }) with { Events = new FirewallEventOptions() };

    /// <summary>A story of packets and why the connection ends in it; "-" stands for not at all.</summary>
    public static TheoryData<string, string> Stories => new()
    {
        { "> udp:new; < udp:est; wait 31; > udp:new", "Expired" },
        { "> S 1000:new; < RA 0 1001:est", "Reset" },
        { "E; > FA 1001 5001:est; < FA 5001 1002:est; > A 1002 5002:est; > S 900000:new", "Replaced" },
        { "E; < R 5001:est", "-" },
        { "E; < PA 5001+10 1001:est; wait 7000", "-" },
    };

    [Theory, MemberData(nameof(Stories))]
    public void End_ByPackets_SaysWhy(string story, string end)
    {
        foreach (Ethertype family in Enum.GetValues<Ethertype>())
        {
            new Scenario(P0, s_options)
                .Play(Ends.For(family), story)
                .Check(firewall =>
                {
                    FirewallEvent[] told = Read(firewall);
                    Assert.Equal(FirewallEventKind.ConnectionStarted, told[0].Kind);
                    Assert.Equal(end == "-" ? [] : [end], told.Where(e => e.Kind == FirewallEventKind.ConnectionEnded).Select(e => $"{e.End}"));
                })
                .NotRestored("what one firewall tells")
                .Run();
        }
    }

    [Theory, Families]
    public void S41_TwoNicsOfOneFirewall_StartAtWDenialAtD(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder packet = PacketBuilder.Ip(e.W, e.D).Tcp(40_000, 443);
        new Scenario(WebAndDb(EgressAll), s_options)
            .Egress(packet, Reason.MatchedRule)
            .Ingress(packet, Reason.NoMatchingRule, D)
            .Check(firewall =>
            {
                FirewallEvent[] told = Read(firewall);
                Assert.Equal([FirewallEventKind.ConnectionStarted, FirewallEventKind.PacketDenied], told.Select(one => one.Kind));
                Assert.Equal([(W, Direction.Egress), (D, Direction.Ingress)], told.Select(one => (one.NicId, one.Direction)));
                Assert.Equal((IPAddress.Parse(e.W), 40_000, IPAddress.Parse(e.D), 443), (told[0].LocalAddress, told[0].LocalPort, told[0].RemoteAddress, told[0].RemotePort));
                Assert.Equal((IPAddress.Parse(e.D), 443, IPAddress.Parse(e.W), 40_000), (told[1].LocalAddress, told[1].LocalPort, told[1].RemoteAddress, told[1].RemotePort));
                Assert.Equal((family, IpProtocol.Tcp, 0), (told[1].Ethertype, told[1].Protocol, told[1].VlanIds));
                Assert.True(firewall.TryGetRule(told[0].Decision, out RuleReference? rule) && rule.SecurityGroup.Id == "web");
                Assert.Equal(Decision.Deny(Reason.NoMatchingRule), told[1].Decision);
            })
            .NotRestored("what one firewall tells")
            .Run();
    }

    [Theory, Families]
    public void End_CarriesCountersStateAndTimes(Ethertype family)
    {
        Ends e = Ends.For(family);
        ManualTimeProvider clock = new(TimeSpan.FromDays(20_000));
        using Firewall firewall = new(P0, s_options with { TimeProvider = clock });
        DateTimeOffset began = clock.GetUtcNow();
        firewall[W].Filter(Direction.Egress, e.Out.EchoRequest(7));
        clock.Advance(5);
        firewall[W].Filter(Direction.Ingress, e.In.EchoReply(7));
        clock.Advance(500);
        Assert.Equal(1, firewall.ExpireConnections(1));
        (FirewallEvent start, FirewallEvent end) = (Read(firewall) is [var first, var second]) ? (first, second) : default;
        Assert.Equal((began, began.AddSeconds(5 + 60)), (start.Time, end.Time));
        Assert.Equal((TimeSpan.FromSeconds(60), ConnectionEnd.Expired, "replied"), (end.Idle, end.End, end.State));
        Assert.Equal((1, 1), (end.Traffic!.Value.IngressPackets, end.Traffic.Value.EgressPackets));
        Assert.Equal((7, (int)e.EchoRequest, 0, e.Icmp), (end.IcmpIdentifier, end.IcmpType, end.IcmpCode, end.Protocol));
        Assert.Equal((Direction.Egress, 0, 0), (end.Direction, end.LocalPort, end.RemotePort));
        Assert.Equal((null, null, null), (start.End, start.State, start.Traffic));
        Assert.Contains("Expired in replied", end.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Time_WithCallerTimestamps_IsTheEpochPlusTheTimestamp()
    {
        using Firewall firewall = new(P0, s_options with { CallerTimestamps = true });
        DateTimeOffset first = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        firewall[W].Filter(Direction.Egress, Ends.IPv4.Out.Udp(1, 2), first - DateTimeOffset.UnixEpoch);
        firewall[W].Filter(Direction.Ingress, Ends.IPv4.In.Udp(9, 9), first.AddSeconds(-3) - DateTimeOffset.UnixEpoch);
        firewall.ExpireConnections(1, first.AddDays(1) - DateTimeOffset.UnixEpoch);
        Assert.Equal([first, first.AddSeconds(-3), first.AddSeconds(30)], Read(firewall).Select(told => told.Time));
    }

    [Fact]
    public void Time_BySystemClock_IsNow()
    {
        using Firewall firewall = new(P0, s_options);
        DateTimeOffset before = DateTimeOffset.UtcNow;
        firewall[W].Filter(Direction.Egress, Ends.IPv4.Out.Udp(1, 2));
        DateTimeOffset time = Assert.Single(Read(firewall)).Time;
        Assert.InRange(time, before.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    /// <summary>For the user a revoked connection has ended; that its tombstone goes later is told to nobody.</summary>
    [Theory, Families]
    public void Revocation_IsAnEnd_TheTombstonesOwnEndIsNone(Ethertype family)
    {
        new Scenario(Web(IngressAll), s_options)
            .Play(Ends.For(family), "< udp:new; < udp:est")
            .Update(policy => policy.SetRules("web"))
            .Play(Ends.For(family), "wait 3; < udp:PolicyRevoked; > udp:PolicyRevoked")
            .Check(firewall => Assert.Equal(["ConnectionStarted", "Revoked", "PacketDenied", "PacketDenied"], Words(firewall)))
            .Play(Ends.For(family), "wait 31; < udp:NoMatchingRule; count 0")
            .Check(firewall => Assert.DoesNotContain(nameof(ConnectionEnd.Expired), Words(firewall)))
            .NotRestored("what one firewall tells")
            .Run();
    }

    [Theory, Families]
    public void Revocation_TakenBack_IsAStartAgain(Ethertype family)
    {
        new Scenario(Web(IngressAll), s_options)
            .Play(Ends.For(family), "< udp:new")
            .Update(policy => policy.SetRules("web"))
            .Play(Ends.For(family), "< udp:PolicyRevoked")
            .Update(policy => policy.SetRules("web", IngressAll))
            .Play(Ends.For(family), "> udp:est; wait 31; < udp:new")
            .Check(firewall => Assert.Equal(["ConnectionStarted", "Revoked", "PacketDenied", "ConnectionStarted", "Expired", "ConnectionStarted"], Words(firewall)))
            .NotRestored("what one firewall tells")
            .Run();
    }

    /// <summary>A SYN that the rules allow takes a tombstone's place; without a packet before it, revoked and replaced are one step.</summary>
    [Theory, Families]
    public void Revocation_ReplacedAtOnce_EndsOnce(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(Web(IngressAll), s_options)
            .Play(e, "< S 1 lp=22:new; > SA 9 2 lp=22:est")
            .Update(policy => policy.SetRules("web", EgressAll))
            .Play(e, "> S 77 lp=22:new")
            .Check(firewall => Assert.Equal(["ConnectionStarted", "Revoked", "ConnectionStarted"], Words(firewall)))
            .NotRestored("what one firewall tells")
            .Run();
    }

    [Theory, Families]
    public void Removal_IsAnEnd(Ethertype family)
    {
        new Scenario(P0, s_options)
            .Play(Ends.For(family), "> udp:new")
            .Check(firewall => firewall.RemoveConnections(ConnectionFilter.All))
            .Check(firewall => Assert.Equal(["ConnectionStarted", "Removed"], Words(firewall)))
            .NotRestored("what one firewall tells")
            .Run();
    }

    [Theory, Families]
    public void Eviction_IsAnEnd(Ethertype family)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(P0, s_options with { ConnectionTracking = new ConnectionTrackingOptions { MaxConnections = 2, UnrepliedPercentage = 100 } });
        for (int port = 1; port <= 5; port++)
        {
            Assert.True(firewall[W].Filter(Direction.Egress, e.Out.Udp(port, 53)).IsAllowed);
        }

        FirewallEvent[] told = Read(firewall);
        Assert.Equal(5, told.Count(one => one.Kind == FirewallEventKind.ConnectionStarted));
        Assert.Equal([ConnectionEnd.Evicted, ConnectionEnd.Evicted, ConnectionEnd.Evicted], told.Where(one => one.End is not null).Select(one => one.End!.Value));
        Assert.Equal(2, firewall.GetConnections().Count());
    }

    /// <summary>Restored connections begin anew for who hears of the new firewall, with what they carried; tombstones do not.</summary>
    [Theory, Families]
    public void Restored_IsAStart_ButNotOfTombstones(Ethertype family)
    {
        Ends e = Ends.For(family);
        ManualTimeProvider clock = new();
        FirewallOptions options = s_options with { TimeProvider = clock };
        using Firewall before = new(Web(IngressAll), options);
        before[W].Filter(Direction.Ingress, e.In.Udp(5000, 1));
        before.Update(policy => policy.SetRules("web", EgressAll));
        before[W].Filter(Direction.Ingress, e.In.Udp(5000, 1));
        before[W].Filter(Direction.Egress, e.Out.Udp(2, 53).PayloadOfLength(8));
        clock.Advance(5);

        using Firewall after = new(before.Policy, options);
        Assert.Equal(2, SavedStreams.Restore(after, SavedStreams.Save(before)).Restored);
        FirewallEvent start = Assert.Single(Read(after));
        Assert.Equal((FirewallEventKind.ConnectionStarted, 2, Reason.Established), (start.Kind, start.LocalPort, start.Decision.Reason));
        Assert.Equal(clock.GetUtcNow(), start.Time);
        after[W].Filter(Direction.Ingress, e.In.Udp(53, 2).PayloadOfLength(8));
        clock.Advance(300);
        Assert.Equal(2, after.ExpireConnections(10));
        FirewallEvent end = Assert.Single(Read(after));
        Assert.Equal((2, ConnectionEnd.Expired, (1, 1)), (end.LocalPort, end.End, ((int)end.Traffic!.Value.IngressPackets, (int)end.Traffic.Value.EgressPackets)));
    }

    /// <summary>Noticed late, told as of the moment the NIC went; what had run out before that had expired.</summary>
    [Theory, Families]
    public void NicRemoved_EndsItsConnectionsThen(Ethertype family)
    {
        Ends e = Ends.For(family);
        ManualTimeProvider clock = new();
        using Firewall firewall = new(P0, s_options with { TimeProvider = clock });
        firewall[W].Filter(Direction.Egress, e.Out.Udp(1, 53));
        clock.Advance(29);
        firewall[W].Filter(Direction.Egress, e.Out.Udp(2, 53));
        clock.Advance(2);
        firewall.Update(policy => policy.WithoutNic(W));
        clock.Advance(100);
        Assert.Equal(2, firewall.ExpireConnections(10));
        FirewallEvent[] ends = [.. Read(firewall).Where(told => told.Kind == FirewallEventKind.ConnectionEnded).OrderBy(told => told.LocalPort)];
        Assert.Equal([(1, ConnectionEnd.Expired, 30), (2, ConnectionEnd.NicRemoved, 31)], ends.Select(end => (end.LocalPort, end.End!.Value, (int)end.Time.ToUnixTimeSeconds())));
        Assert.All(ends, end => Assert.Equal(W, end.NicId));
    }

    /// <summary>What was read of a denied packet is told, whatever was wrong with it.</summary>
    [Theory, Families]
    public void Denial_TellsWhatWasRead(Ethertype family)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(P0, s_options with { LinkType = LinkType.Ethernet });
        NicFilter nic = firewall[W];
        FirewallEvent Denied(Direction direction, byte[] packet)
        {
            Decision decision = nic.Filter(direction, packet);
            FirewallEvent told = Assert.Single(Read(firewall));
            Assert.Equal((FirewallEventKind.PacketDenied, decision, direction, W), (told.Kind, told.Decision, told.Direction, told.NicId));
            return told;
        }

        FirewallEvent icmp = Denied(Direction.Ingress, e.In.EchoRequest(9).Ethernet());
        Assert.Equal((e.Icmp, (int)e.EchoRequest, 0, 9, 0), (icmp.Protocol, icmp.IcmpType, icmp.IcmpCode, icmp.IcmpIdentifier, icmp.LocalPort));
        FirewallEvent tagged = Denied(Direction.Ingress, e.In.Udp(1, 2).Ethernet().Vlan(5));
        Assert.Equal((Reason.VlanNotAllowed, 5, 2, 1), (tagged.Decision.Reason, tagged.VlanIds, tagged.LocalPort, tagged.RemotePort));
        FirewallEvent spoofed = Denied(Direction.Egress, PacketBuilder.Ip(e.M, e.X).Udp(1, 2).Ethernet());
        Assert.Equal((Reason.SpoofedSource, IPAddress.Parse(e.M), 1), (spoofed.Decision.Reason, spoofed.LocalAddress, spoofed.LocalPort));
        FirewallEvent cut = Denied(Direction.Egress, ((byte[])e.Out.Udp(1, 2).Ethernet())[..20]);
        Assert.Equal((Reason.Malformed, null, null), (cut.Decision.Reason, cut.LocalAddress, cut.RemoteAddress));
        FirewallEvent other = Denied(Direction.Egress, PacketBuilder.Frame(0x88CC, [1, 2, 3]));
        Assert.Equal((Reason.EthertypeNotAllowed, 0x88CC, null, null), (other.Decision.Reason, other.EthertypeNumber, other.Ethertype, other.Protocol));
        FirewallEvent nothing = Denied(Direction.Egress, []);
        Assert.Equal((Reason.Malformed, 0, null), (nothing.Decision.Reason, nothing.EthertypeNumber, nothing.LocalAddress));
        Assert.Contains("Deny (Malformed)", nothing.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Denial_OfARemovedNicsHandle_IsToldUnread()
    {
        using Firewall firewall = new(P0, s_options);
        NicFilter nic = firewall[W];
        firewall.Update(policy => policy.WithoutNic(W));
        nic.Filter(Direction.Ingress, new byte[40]);
        nic.Filter(Direction.Ingress, [new byte[40], new byte[40]], new Decision[2]);
        Assert.Equal([Reason.NicRemoved, Reason.NicRemoved, Reason.NicRemoved], Read(firewall).Select(told => told.Decision.Reason));
    }

    [Fact]
    public void Denials_BeyondTheLimit_AreOnlyCounted()
    {
        ManualTimeProvider clock = new();
        using Firewall firewall = new(P0, s_options with { TimeProvider = clock, Events = new FirewallEventOptions { DenialsPerSecond = 10 } });
        for (int second = 1; second <= 3; second++)
        {
            for (int i = 0; i < 25; i++)
            {
                firewall[W].Filter(Direction.Ingress, Ends.IPv4.In.Udp(i + 1, 53));
            }

            Assert.Equal(10, Read(firewall).Length);
            Assert.Equal(15 * second, firewall.Events.Suppressed);
            clock.Advance(1);
        }

        firewall[W].Filter(Direction.Egress, Ends.IPv4.Out.Udp(1, 53));
        Assert.Single(Read(firewall));
        Assert.Equal(0, firewall.Events.Dropped);
    }

    [Fact]
    public void FullRing_DropsAndCounts_AndGoesOnWhenRead()
    {
        using Firewall firewall = new(P0, s_options with { Events = new FirewallEventOptions { Capacity = 4 } });
        for (int port = 1; port <= 10; port++)
        {
            Assert.True(firewall[W].Filter(Direction.Egress, Ends.IPv4.Out.Udp(port, 53)).IsAllowed);
        }

        Assert.Equal((4, 6), (firewall.Events.Capacity, firewall.Events.Dropped));
        Assert.Equal([1, 2, 3, 4], Read(firewall).Select(told => told.LocalPort));
        firewall[W].Filter(Direction.Egress, Ends.IPv4.Out.Udp(11, 53));
        Assert.Equal(11, Assert.Single(Read(firewall)).LocalPort);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Kinds_NotWanted_AreNotTold(bool connections, bool denials)
    {
        using Firewall firewall = new(P0, s_options with { Events = new FirewallEventOptions { Connections = connections, Denials = denials } });
        firewall[W].Filter(Direction.Egress, Ends.IPv4.Out.Udp(1, 53));
        firewall[W].Filter(Direction.Ingress, Ends.IPv4.In.Udp(1, 54));
        Assert.Equal(connections ? FirewallEventKind.ConnectionStarted : FirewallEventKind.PacketDenied, Assert.Single(Read(firewall)).Kind);
        Assert.Equal(0, firewall.Events.Suppressed);
    }

    [Fact]
    public void Explain_TellsNothing()
    {
        using Firewall firewall = new(P0, s_options);
        firewall[W].Explain(Direction.Egress, Ends.IPv4.Out.Udp(1, 53));
        firewall[W].Explain(Direction.Ingress, Ends.IPv4.In.Udp(1, 53));
        Assert.Empty(Read(firewall));
    }

    [Fact]
    public async Task ReadAll_GivesEverything_AndEndsWithTheFirewall()
    {
        Firewall firewall = new(P0, s_options with { Events = new FirewallEventOptions { PollInterval = TimeSpan.FromMilliseconds(1) } });
        NicFilter nic = firewall[W];
        List<int> ports = [];
        nic.Filter(Direction.Egress, Ends.IPv4.Out.Udp(1, 53));
        await foreach (FirewallEvent told in firewall.Events.ReadAllAsync())
        {
            ports.Add(told.LocalPort);
            if (told.LocalPort == 49)
            {
                nic.Filter(Direction.Egress, Ends.IPv4.Out.Udp(50, 53));
                firewall.Dispose();
            }

            nic.Filter(Direction.Egress, Ends.IPv4.Out.Udp(told.LocalPort + 1, 53));
        }

        Assert.Equal(Enumerable.Range(1, 50), ports);
    }

    [Fact]
    public async Task ReadAll_WithNothingThere_WaitsForTheNext()
    {
        using Firewall firewall = new(P0, s_options with { Events = new FirewallEventOptions { PollInterval = TimeSpan.FromMilliseconds(1) } });
        await using IAsyncEnumerator<FirewallEvent> reading = firewall.Events.ReadAllAsync().GetAsyncEnumerator();
        for (int port = 1; port <= 3; port++)
        {
            ValueTask<bool> next = reading.MoveNextAsync();
            Assert.False(next.IsCompletedSuccessfully && reading.Current.LocalPort == port);
            firewall[W].Filter(Direction.Egress, Ends.IPv4.Out.Udp(port, 53));
            Assert.True(await next);
            Assert.Equal(port, reading.Current.LocalPort);
        }
    }

    [Fact]
    public async Task ReadAll_Cancelled_Throws()
    {
        using Firewall firewall = new(P0, s_options);
        using CancellationTokenSource source = new();
        await using IAsyncEnumerator<FirewallEvent> reading = firewall.Events.ReadAllAsync(source.Token).GetAsyncEnumerator();
        ValueTask<bool> next = reading.MoveNextAsync();
        Assert.False(next.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [Fact]
    public void Doors_RefuseWhatMeansNothing()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FirewallEventOptions { Capacity = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FirewallEventOptions { Capacity = 1_048_577 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FirewallEventOptions { DenialsPerSecond = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FirewallEventOptions { DenialsPerSecond = 1_000_001 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FirewallEventOptions { PollInterval = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FirewallEventOptions { PollInterval = TimeSpan.FromMinutes(2) });
        using Firewall firewall = new(P0, Options);
        Assert.Throws<InvalidOperationException>(() => firewall.Events);
        Assert.Equal(("", FirewallEventKind.None), (default(FirewallEvent).NicId, default(FirewallEvent).Kind));
        Assert.NotEmpty(default(FirewallEvent).ToString());
    }

    private static FirewallEvent[] Read(Firewall firewall)
    {
        List<FirewallEvent> told = [];
        while (firewall.Events.TryRead(out FirewallEvent one))
        {
            told.Add(one);
        }

        return [.. told];
    }

    // Ends by their reason, others by their kind.
    private static string[] Words(Firewall firewall) => [.. Read(firewall).Select(told => told.End is { } end ? $"{end}" : $"{told.Kind}")];
}
