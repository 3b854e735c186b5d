using SecurityGroups.Packets;
using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Saving;

/// <summary>Room after a restore: caps and quotas count what came back, and find it when it must make way.</summary>
public sealed class RestoredRoomTests : IDisposable
{
    private const int Saved = 20;

    private readonly ManualTimeProvider _clock = new(TimeSpan.FromHours(1));
    private readonly List<Firewall> _firewalls = [];

    public void Dispose() => _firewalls.ForEach(firewall => firewall.Dispose());

    /// <summary>Caps are against newcomers: what was half-open or unreplied comes back above them, and from then on each newcomer takes the place of the oldest.</summary>
    [Theory, Families]
    public void CapsOfATable_CountWhatCameBack_AndNewcomersReplaceIt(Ethertype family)
    {
        Ends e = Ends.For(family);
        Firewall before = Create(P0, tracking => tracking with { MaxConnections = 200 });
        OpenEach(before, e);
        Firewall after = Create(P0, tracking => tracking with { MaxConnections = 60, UnrepliedPercentage = 25 });
        Assert.Equal(2 * Saved, SavedStreams.Restore(after, SavedStreams.Save(before)).Restored);
        Assert.Equal((Saved, Saved), (after.GetStatistics().HalfOpen, after.GetStatistics().Unreplied));

        for (int i = 0; i < 5; i++)
        {
            OpenOneOfEach(after, e, 100 + i);
        }

        Assert.Equal((Saved, Saved, 10L), (after.GetStatistics().HalfOpen, after.GetStatistics().Unreplied, after.GetStatistics().Evicted));
        int[] oldestFive = [1, 2, 3, 4, 5];
        Assert.Empty(PortsOf(after, IpProtocol.Tcp).Intersect(oldestFive));
        Assert.Empty(PortsOf(after, IpProtocol.Udp).Intersect(oldestFive));
        Assert.Null(after.Tracker.Table.FindDamage());
    }

    /// <summary>A NIC with a quota: what came back is in its lists, so it is found when it must make way, the oldest first.</summary>
    [Theory, Families]
    public void QuotaOfANic_CountsWhatCameBack_AndNewcomersReplaceIt(Ethertype family)
    {
        Ends e = Ends.For(family);
        Firewall before = Create(P0, tracking => tracking with { MaxConnections = 200 });
        OpenEach(before, e);
        Firewall after = Create(WithQuota(40), tracking => tracking with { MaxConnections = 4_000, UnrepliedPercentage = 50, HalfOpenPercentage = 50 });
        Assert.Equal(2 * Saved, SavedStreams.Restore(after, SavedStreams.Save(before)).Restored);
        for (int i = 0; i < 5; i++)
        {
            OpenOneOfEach(after, e, 100 + i);
            NicStatistics figures = after[W].GetStatistics();
            Assert.InRange(figures.Connections, 1, 40);
            Assert.InRange(figures.HalfOpen, 1, 20);
        }

        Assert.All(Enumerable.Range(100, 5), port => Assert.Contains(port, PortsOf(after, IpProtocol.Udp)));
        Assert.DoesNotContain(1, PortsOf(after, IpProtocol.Udp));
        Assert.Null(after.Tracker.Table.FindDamage());
    }

    [Theory, Families]
    public void QuotaTooSmallForAll_TakesThoseHeardOfLast(Ethertype family)
    {
        Ends e = Ends.For(family);
        Firewall before = Create(P0, tracking => tracking with { MaxConnections = 200 });
        OpenEach(before, e);
        _clock.Advance(0.01);
        Assert.Equal(Reason.Established, before[W].Filter(Direction.Egress, e.Out.Udp(1, 53)).Reason);
        Firewall after = Create(WithQuota(5), tracking => tracking with { MaxConnections = 200 });
        Assert.Equal(new RestoreResult(5, 0, 0, 0, 0, (2 * Saved) - 5), SavedStreams.Restore(after, SavedStreams.Save(before)));
        Assert.Equal([1, 19, 20], PortsOf(after, IpProtocol.Udp).Order());
        Assert.Equal([19, 20], PortsOf(after, IpProtocol.Tcp).Order());
    }

    /// <summary>An assured connection that came back is as safe as it was: neither table nor quota gives it up for a newcomer.</summary>
    [Theory, Families]
    public void AssuredConnections_ThatCameBack_AreNotEvicted(Ethertype family)
    {
        Ends e = Ends.For(family);
        Firewall before = Create(P0, tracking => tracking with { MaxConnections = 200 });
        for (int port = 1; port <= 8; port++)
        {
            Establish(before[W], e, port);
        }

        byte[] stream = SavedStreams.Save(before);
        Firewall full = Create(P0, tracking => tracking with { MaxConnections = 8 });
        Firewall limited = Create(WithQuota(8), tracking => tracking);
        foreach ((Firewall firewall, Reason reason) in new[] { (full, Reason.ConnectionTableFull), (limited, Reason.NicQuota) })
        {
            Assert.Equal(8, SavedStreams.Restore(firewall, stream).Restored);
            Assert.Equal(reason, firewall[W].Filter(Direction.Egress, e.Out.Udp(100, 53)).Reason);
            Assert.Equal(reason, firewall[W].Filter(Direction.Egress, e.Out.Tcp(100, 443)).Reason);
            Assert.All(
                Enumerable.Range(1, 8),
                port => Assert.Equal(Reason.Established, firewall[W].Filter(Direction.Ingress, e.In.Tcp(443, port, TcpFlags.Ack, 5001, 1001)).Reason));
            Assert.Equal(0, firewall.GetStatistics().Evicted);
        }
    }

    private static Policy WithQuota(int quota) =>
        Policy.Create([Group("web", EgressAll)], [Nic(W, "web") with { Options = new NicOptions { MaxConnections = quota } }]);

    private static int[] PortsOf(Firewall firewall, IpProtocol protocol) =>
        [.. firewall.GetConnections(new ConnectionFilter { Protocol = protocol }).Select(connection => connection.LocalPort)];

    private static void Establish(NicFilter nic, Ends e, int port)
    {
        nic.Filter(Direction.Egress, e.Out.Tcp(port, 443, TcpFlags.Syn, 1000));
        nic.Filter(Direction.Ingress, e.In.Tcp(443, port, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001));
        Assert.Equal(Reason.Established, nic.Filter(Direction.Egress, e.Out.Tcp(port, 443, TcpFlags.Ack, 1001, 5001)).Reason);
    }

    private void OpenEach(Firewall firewall, Ends e)
    {
        for (int port = 1; port <= Saved; port++)
        {
            OpenOneOfEach(firewall, e, port);
        }
    }

    // A little later a half-open and an unreplied connection more.
    private void OpenOneOfEach(Firewall firewall, Ends e, int port)
    {
        _clock.Advance(0.01);
        Assert.True(firewall[W].Filter(Direction.Egress, e.Out.Tcp(port, 443)).IsAllowed);
        Assert.True(firewall[W].Filter(Direction.Egress, e.Out.Udp(port, 53)).IsAllowed);
    }

    private Firewall Create(Policy policy, Func<ConnectionTrackingOptions, ConnectionTrackingOptions> change)
    {
        Firewall firewall = new(policy, With(change) with { TimeProvider = _clock });
        _firewalls.Add(firewall);
        return firewall;
    }
}
