using SecurityGroups.Packets;
using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Saving;

/// <summary>Connections through a stream into another firewall: what goes on, what is skipped, and that the rules are asked.</summary>
public sealed class SaveRestoreTests : IDisposable
{
    private static readonly Ends s_ends = Ends.IPv4;

    private readonly ManualTimeProvider _clock = new(TimeSpan.FromHours(1));
    private readonly List<Firewall> _firewalls = [];

    public void Dispose() => _firewalls.ForEach(firewall => firewall.Dispose());

    [Theory, Families]
    public void Connection_SavedAndRestored_GoesOn(Ethertype family)
    {
        Ends e = Ends.For(family);
        Firewall before = Create(P0);
        Handshake(before[W], e);
        Firewall after = Create(P0);
        Assert.Equal(new RestoreResult(1, 0, 0, 0, 0, 0), Move(before, after));
        Assert.Equal(Reason.Established, after[W].Filter(Direction.Ingress, e.In.Tcp(443, 40_000, TcpFlags.Ack, 5001, 1001).PayloadOfLength(10)).Reason);
        Assert.Equal(Reason.OutOfWindow, after[W].Filter(Direction.Ingress, e.In.Tcp(443, 40_000, TcpFlags.Ack, 50_001, 1001)).Reason);
    }

    [Fact]
    public void Connections_OfSaveAndRestore_DescribeThemselvesAlike()
    {
        Firewall before = Everything();
        _clock.Advance(1.5);
        Firewall after = Create(before.Policy);
        Move(before, after);
        Assert.Equal(before.GetConnections().ToHashSet(), after.GetConnections().ToHashSet());
        Assert.Equal(7, after.GetConnections().Count());
    }

    [Theory]
    [InlineData(19, 1)]
    [InlineData(20, 0)]
    public void Downtime_CountsAsIdleTime(int seconds, long restored)
    {
        Firewall before = WithUdp(idleSeconds: 10);
        byte[] stream = SavedStreams.Save(before);
        _clock.Advance(seconds);
        Firewall after = Create(P0);
        Assert.Equal(new RestoreResult(restored, 0, 0, 1 - restored, 0, 0), SavedStreams.Restore(after, stream));
        Assert.All(after.GetConnections(), connection => Assert.Equal(TimeSpan.FromSeconds(10 + seconds), connection.Idle));
        _clock.Advance(1);
        Assert.Equal(Reason.NoMatchingRule, after[W].Filter(Direction.Ingress, s_ends.In.Udp(53, 40_000)).Reason);
    }

    [Fact]
    public void Downtime_ToldByTheCaller_TakesThePlaceOfTheDates()
    {
        byte[] stream = SavedStreams.Save(WithUdp(idleSeconds: 10));
        _clock.Advance(1000);
        Firewall after = Create(P0);
        Assert.Equal(1, after.RestoreConnections(new MemoryStream(stream), TimeSpan.FromSeconds(5)).Restored);
        Assert.Equal(TimeSpan.FromSeconds(15), after.GetConnections().Single().Idle);
        Assert.Equal(1, Create(P0).RestoreConnections(new MemoryStream(stream), TimeSpan.MaxValue).Expired);
        Assert.Throws<ArgumentOutOfRangeException>(() => after.RestoreConnections(new MemoryStream(stream), TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public void DateSetBack_MakesNoConnectionYounger()
    {
        byte[] stream = SavedStreams.Save(WithUdp(idleSeconds: 10));
        _clock.Advance(-2000);
        Firewall after = Create(P0);
        Assert.Equal(1, SavedStreams.Restore(after, stream).Restored);
        Assert.Equal(TimeSpan.FromSeconds(10), after.GetConnections().Single().Idle);
    }

    [Fact]
    public void CallerTimestamps_NeedTheDowntime()
    {
        FirewallOptions caller = Options with { CallerTimestamps = true };
        Firewall before = Create(P0, caller);
        before[W].Filter(Direction.Egress, s_ends.Out.Udp(40_000, 53), TimeSpan.FromSeconds(100));
        before[W].Filter(Direction.Egress, s_ends.Out.Tcp(1, 2), TimeSpan.FromSeconds(110));
        byte[] stream = SavedStreams.Save(before);
        Firewall after = Create(P0, caller);
        Assert.Throws<InvalidOperationException>(() => SavedStreams.Restore(after, stream));
        Assert.Throws<InvalidOperationException>(() => SavedStreams.Restore(Create(P0), stream));
        Assert.Empty(after.GetConnections());
        Assert.Equal(2, after.RestoreConnections(new MemoryStream(stream), TimeSpan.FromSeconds(9)).Restored);
        TimeSpan anyOrigin = TimeSpan.FromDays(77);
        Assert.Equal(Reason.Established, after[W].Filter(Direction.Ingress, s_ends.In.Udp(53, 40_000), anyOrigin).Reason);
        Assert.Equal(TimeSpan.FromSeconds(9), after.GetConnections().Single(connection => connection.Protocol == IpProtocol.Tcp).Idle);
    }

    [Theory]
    [InlineData(EstablishedConnections.Revalidate)]
    [InlineData(EstablishedConnections.KeepUntilIdle)]
    public void RestoredConnection_IsCheckedAtItsNextPacket(EstablishedConnections mode)
    {
        FirewallOptions options = With(tracking => tracking with { EstablishedConnections = mode });
        Firewall before = Create(P0, options);
        Handshake(before[W], s_ends);
        byte[] stream = SavedStreams.Save(before);
        PacketBuilder data = s_ends.In.Tcp(443, 40_000, TcpFlags.Ack, 5001, 1001).PayloadOfLength(10);

        Firewall shut = Create(Web(), options);
        SavedStreams.Restore(shut, stream);
        Assert.Equal(Reason.PolicyRevoked, shut[W].Filter(Direction.Ingress, data).Reason);
        Assert.Equal(Reason.PolicyRevoked, shut[W].Filter(Direction.Ingress, data).Reason);
        Assert.Equal(1, shut[W].GetStatistics().Revalidations);

        Firewall open = Create(P0, options);
        SavedStreams.Restore(open, stream);
        Assert.Equal(Reason.Established, open[W].Filter(Direction.Ingress, data).Reason);
        Assert.Equal(Reason.Established, open[W].Filter(Direction.Ingress, data).Reason);
        Assert.Equal(1, open[W].GetStatistics().Revalidations);
    }

    [Fact]
    public void RestoredConnection_IsCheckedForRelatedErrorsToo()
    {
        PacketBuilder udp = s_ends.Out.Udp(40_000, 53).PayloadOfLength(8);
        byte[] stream = SavedStreams.Save(WithUdp(idleSeconds: 0));
        FirewallOptions keep = With(tracking => tracking with { EstablishedConnections = EstablishedConnections.KeepUntilIdle });
        Firewall shut = Create(Web(), keep);
        SavedStreams.Restore(shut, stream);
        Assert.Equal(Reason.PolicyRevoked, shut[W].Filter(Direction.Ingress, s_ends.In.PortUnreachable(udp)).Reason);
        Firewall open = Create(P0, keep);
        SavedStreams.Restore(open, stream);
        Assert.Equal(Reason.Related, open[W].Filter(Direction.Ingress, s_ends.In.PortUnreachable(udp)).Reason);
    }

    /// <summary>Without it the responder's next packet would be a first one, and egress rules would allow the connection anew.</summary>
    [Fact]
    public void Tombstone_SurvivesTheRestart()
    {
        Policy open = Web(EgressAll, Ingress(IpProtocol.Udp, 5060, Remote.Any));
        Firewall before = Create(open);
        Assert.Equal(Reason.MatchedRule, before[W].Filter(Direction.Ingress, s_ends.In.Udp(5000, 5060)).Reason);
        before.Update(policy => policy.SetRules("web", EgressAll));
        Assert.Equal(Reason.PolicyRevoked, before[W].Filter(Direction.Egress, s_ends.Out.Udp(5060, 5000)).Reason);
        Firewall after = Create(Web(EgressAll));
        Move(before, after);
        Assert.Equal(Reason.PolicyRevoked, after[W].Filter(Direction.Egress, s_ends.Out.Udp(5060, 5000)).Reason);
        Assert.Equal(Reason.PolicyRevoked, after[W].Filter(Direction.Ingress, s_ends.In.Udp(5000, 5060)).Reason);
        _clock.Advance(29);
        Assert.True(after.GetConnections().Single().IsRevoked);
        _clock.Advance(1);
        Assert.Empty(after.GetConnections());
    }

    [Fact]
    public void Nics_UnknownOrNotTracking_AreSkippedAndCounted()
    {
        SecurityGroup any = Group("any", EgressAll);
        Firewall before = Create(Policy.Create([any], [Nic(W, "any"), Nic(D, "any"), Nic(M, "any")]));
        foreach (string nic in new[] { W, D, M })
        {
            string from = nic switch { W => s_ends.W, D => s_ends.D, _ => s_ends.M };
            before[nic].Filter(Direction.Egress, PacketBuilder.Ip(from, s_ends.X).Udp(1, 2));
        }

        byte[] stream = SavedStreams.Save(before);
        Firewall stateless = Create(Policy.Create([any, Group("loose").WithStateful(false)], [Nic(W, "any"), Nic(D, "loose")]));
        Assert.Equal(new RestoreResult(1, 1, 1, 0, 0, 0), SavedStreams.Restore(stateless, stream));
        Firewall off = Create(Policy.Create([any], [Nic(W, "any"), Nic(D) with { NicSecurity = false }]));
        Assert.Equal(new RestoreResult(1, 1, 1, 0, 0, 0), SavedStreams.Restore(off, stream));
        Assert.Equal(new RestoreResult(0, 1, 1, 0, 1, 0), SavedStreams.Restore(off, stream));
        Assert.Equal([W], off.GetConnections().Select(connection => connection.NicId));
    }

    /// <summary>Datagrams under way are not saved: their rest is denied, whatever became of the first fragment.</summary>
    [Fact]
    public void LaterFragment_OfADatagramFromBefore_IsDenied()
    {
        Firewall before = Create(P0);
        before[W].Filter(Direction.Egress, s_ends.Out.Udp(40_000, 53));
        Assert.Equal(Reason.Established, before[W].Filter(Direction.Ingress, s_ends.In.FirstUdp(53, 40_000)).Reason);
        Firewall after = Create(P0);
        Move(before, after);
        Assert.Equal(Reason.LaterFragmentWithoutFirst, after[W].Filter(Direction.Ingress, s_ends.In.Last(32)).Reason);
        Assert.Equal(Reason.Established, before[W].Filter(Direction.Ingress, s_ends.In.Last(32)).Reason);
    }

    [Fact]
    public void ConnectionThatIsThere_IsLeftAsItIs()
    {
        byte[] stream = SavedStreams.Save(WithUdp(idleSeconds: 10));
        Firewall busy = WithUdp(idleSeconds: 0);
        Assert.Equal(new RestoreResult(0, 0, 0, 0, 1, 0), SavedStreams.Restore(busy, stream));
        Assert.Equal(TimeSpan.Zero, busy.GetConnections().Single().Idle);
    }

    /// <summary>Twice the same stream: what is there is told as that, whether or not there would be room.</summary>
    [Fact]
    public void ConnectionThatIsThere_InAFullTableOrQuota_IsToldAsThat()
    {
        byte[] stream = SavedStreams.Save(WithUdp(idleSeconds: 0));
        Firewall full = Create(P0, With(tracking => tracking with { MaxConnections = 1 }));
        Firewall limited = Create(Policy.Create([Group("web", EgressAll)], [Nic(W, "web") with { Options = new NicOptions { MaxConnections = 1 } }]));
        foreach (Firewall firewall in new[] { full, limited })
        {
            Assert.Equal(new RestoreResult(1, 0, 0, 0, 0, 0), SavedStreams.Restore(firewall, stream));
            Assert.Equal(new RestoreResult(0, 0, 0, 0, 1, 0), SavedStreams.Restore(firewall, stream));
            Assert.Null(firewall.Tracker.Table.FindDamage());
        }
    }

    [Fact]
    public void SmallerTable_KeepsAssuredConnections_AndWhatItHas()
    {
        Firewall before = Create(P0);
        for (int port = 1; port <= 100; port++)
        {
            before[W].Filter(Direction.Egress, s_ends.Out.Udp(port, 53));
        }

        Handshake(before[W], s_ends);
        before[W].Filter(Direction.Ingress, s_ends.In.Tcp(443, 40_000, TcpFlags.Ack, 5001, 1001));
        Firewall small = Create(P0, With(tracking => tracking with { MaxConnections = 8 }));
        small[W].Filter(Direction.Egress, s_ends.Out.Udp(9000, 53));
        Assert.Equal(new RestoreResult(7, 0, 0, 0, 0, 94), Move(before, small));
        Assert.Contains(small.GetConnections(), connection => connection.State == "established");
        Assert.Contains(small.GetConnections(), connection => connection.LocalPort == 9000);
        Assert.Null(small.Tracker.Table.FindDamage());
    }

    [Fact]
    public void NicAtItsQuota_TakesNoMore()
    {
        Firewall before = Create(P0);
        for (int port = 1; port <= 10; port++)
        {
            before[W].Filter(Direction.Egress, s_ends.Out.Udp(port, 53));
        }

        Policy limited = Policy.Create([Group("web", EgressAll)], [Nic(W, "web") with { Options = new NicOptions { MaxConnections = 4 } }]);
        Assert.Equal(new RestoreResult(4, 0, 0, 0, 0, 6), Move(before, Create(limited)));
    }

    [Fact]
    public void Nic_ThatMovesToAnotherHost_TakesItsConnectionsUnderAnotherId()
    {
        Firewall source = Create(WebAndDb(EgressAll));
        Handshake(source[W], s_ends);
        source[D].Filter(Direction.Egress, PacketBuilder.Ip(s_ends.D, s_ends.X).Udp(1, 2));
        using MemoryStream stream = new();
        Assert.Equal(1, source[W].SaveConnections(stream));
        Firewall target = Create(Policy.Create([Group("web", EgressAll)], [Nic(W, "web") with { Id = "moved", Name = "moved" }]));
        stream.Position = 0;
        Assert.Equal(new RestoreResult(0, 1, 0, 0, 0, 0), target.RestoreConnections(stream));
        stream.Position = 0;
        Assert.Equal(new RestoreResult(1, 0, 0, 0, 0, 0), target["moved"].RestoreConnections(stream));
        Assert.Equal(Reason.Established, target["moved"].Filter(Direction.Ingress, s_ends.In.Tcp(443, 40_000, TcpFlags.Ack, 5001, 1001)).Reason);
    }

    [Fact]
    public void Nic_FromAStreamOfSeveral_TakesItsOwn()
    {
        Firewall source = Create(Policy.Create([Group("web", EgressAll)], [Nic(W, "web"), Nic(D, "web")]));
        source[W].Filter(Direction.Egress, s_ends.Out.Udp(1, 2));
        source[D].Filter(Direction.Egress, PacketBuilder.Ip(s_ends.D, s_ends.X).Udp(1, 2));
        byte[] stream = SavedStreams.Save(source);
        Firewall target = Create(source.Policy);
        Assert.Equal(new RestoreResult(1, 1, 0, 0, 0, 0), target[D].RestoreConnections(new MemoryStream(stream)));
        Assert.Equal([D], target.GetConnections().Select(connection => connection.NicId));
    }

    [Fact]
    public void RemovedNic_SavesAndTakesNothing()
    {
        Firewall firewall = WithUdp(idleSeconds: 0);
        NicFilter nic = firewall[W];
        byte[] stream = SavedStreams.Save(firewall);
        firewall.Update(policy => policy.WithoutNic(W));
        Assert.Equal(0, nic.SaveConnections(new MemoryStream()));
        Assert.Equal(new RestoreResult(0, 1, 0, 0, 0, 0), nic.RestoreConnections(new MemoryStream(stream)));
    }

    [Fact]
    public void DisposedFirewall_Throws()
    {
        Firewall firewall = WithUdp(idleSeconds: 0);
        NicFilter nic = firewall[W];
        byte[] stream = SavedStreams.Save(firewall);
        firewall.Dispose();
        Assert.Throws<ObjectDisposedException>(() => firewall.SaveConnections(new MemoryStream()));
        Assert.Throws<ObjectDisposedException>(() => nic.SaveConnections(new MemoryStream()));
        Assert.Throws<ObjectDisposedException>(() => firewall.RestoreConnections(new MemoryStream(stream)));
        Assert.Throws<ObjectDisposedException>(() => nic.RestoreConnections(new MemoryStream(stream)));
    }

    [Fact]
    public void ArgumentNull_Throws()
    {
        Firewall firewall = Create(P0);
        Assert.Throws<ArgumentNullException>(() => firewall.SaveConnections(null!));
        Assert.Throws<ArgumentNullException>(() => firewall.RestoreConnections(null!));
        Assert.Throws<ArgumentNullException>(() => firewall[W].SaveConnections(null!));
        Assert.Throws<ArgumentNullException>(() => firewall[W].RestoreConnections(null!));
    }

    private Firewall Create(Policy policy, FirewallOptions? options = null)
    {
        Firewall firewall = new(policy, (options ?? Options) with { TimeProvider = _clock });
        _firewalls.Add(firewall);
        return firewall;
    }

    private static RestoreResult Move(Firewall from, Firewall to) => SavedStreams.Restore(to, SavedStreams.Save(from));

    private static void Handshake(NicFilter nic, Ends e)
    {
        Assert.True(nic.Filter(Direction.Egress, e.Out.Tcp(40_000, 443, TcpFlags.Syn, 1000)).IsAllowed);
        Assert.True(nic.Filter(Direction.Ingress, e.In.Tcp(443, 40_000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001)).IsAllowed);
        Assert.True(nic.Filter(Direction.Egress, e.Out.Tcp(40_000, 443, TcpFlags.Ack, 1001, 5001)).IsAllowed);
    }

    private Firewall WithUdp(int idleSeconds)
    {
        Firewall firewall = Create(P0);
        firewall[W].Filter(Direction.Egress, s_ends.Out.Udp(40_000, 53));
        _clock.Advance(idleSeconds);
        return firewall;
    }

    /// <summary>Every class of connection but TCP's many, in both families, and a tombstone.</summary>
    private Firewall Everything()
    {
        Firewall firewall = Create(Web(EgressAll, Ingress(IpProtocol.Sctp, Remote.Any)));
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            Handshake(firewall[W], e);
            firewall[W].Filter(Direction.Egress, e.Out.EchoRequest());
            firewall[W].Filter(Direction.Ingress, e.In.Sctp(1, 2));
        }

        firewall[W].Filter(Direction.Egress, s_ends.Out.Protocol(47, 1, 2, 3, 4));
        firewall.Update(policy => policy.SetRules("web", EgressAll));
        Assert.Equal(Reason.PolicyRevoked, firewall[W].Filter(Direction.Ingress, s_ends.In.Sctp(1, 2)).Reason);
        return firewall;
    }
}
