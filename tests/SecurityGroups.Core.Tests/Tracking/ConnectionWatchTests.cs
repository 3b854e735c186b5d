using SecurityGroups.Events;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public class ConnectionWatchTests
{
    [Fact]
    public void Create_IsWhatTheOptionsAskFor()
    {
        ZoneTable zones = new(4);
        ConnectionTrackingOptions counting = new() { MaxConnections = 4, CountTraffic = true };
        ConnectionTrackingOptions plain = counting with { CountTraffic = false };
        Assert.Null(ConnectionWatch.Create(plain, null, zones));
        ConnectionWatch telling = ConnectionWatch.Create(plain, new EventRing(4), zones)!;
        Assert.Equal((true, null), (telling.Tells, telling.TrafficOf(3)));
        ConnectionWatch counter = ConnectionWatch.Create(counting, null, zones)!;
        Assert.Equal((false, default(ConnectionTraffic)), (counter.Tells, counter.TrafficOf(3)));
    }

    [Fact]
    public void Traffic_OfEachConnection_IsItsOwn()
    {
        ConnectionWatch watch = ConnectionWatch.Create(new ConnectionTrackingOptions { MaxConnections = 2, CountTraffic = true }, null, new ZoneTable(2))!;
        watch.SetTraffic(0, new ConnectionTraffic(1, 2, 3, 4));
        watch.SetTraffic(1, new ConnectionTraffic(5, 6, 7, 8));
        watch.Count(0, Direction.Ingress, 100);
        watch.Count(1, Direction.Egress, 1_000);
        Assert.Equal(new ConnectionTraffic(2, 102, 3, 4), watch.TrafficOf(0));
        Assert.Equal(new ConnectionTraffic(5, 6, 8, 1_008), watch.TrafficOf(1));
    }
}
