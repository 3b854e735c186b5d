using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public class ZoneTableTests
{
    [Fact]
    public void RetiredZone_IsKnownUntilItsLastConnectionLeft()
    {
        ZoneTable zones = new(16);
        uint number = zones.Register("a");
        Zone zone = zones.Find(number)!;
        Assert.True(zone.TryAdd(0) && zone.TryAdd(2));
        zones.Retire(number, 77);
        Assert.Null(zones.Find(number));
        Assert.Same(zone, zones.FindOfConnection(number));
        Assert.Equal(("a", 2, 77L, true), (zone.NicId, zone.Connections, zone.RetiredAt, zone.IsRetired));
        zones.Leave(number, zone);
        Assert.Equal(1, zones.RetiredCount);
        zones.Leave(number, zone);
        Assert.Equal(0, zones.RetiredCount);
        Assert.Null(zones.FindOfConnection(number));
    }

    [Fact]
    public void RetiredZone_TakesNoConnection_AndAVainAttemptKeepsNothing()
    {
        ZoneTable zones = new(16);
        uint number = zones.Register();
        Zone zone = zones.Find(number)!;
        zones.Retire(number, 0);
        Assert.Equal(0, zones.RetiredCount);
        Assert.False(zone.TryAdd(0));
        zones.Leave(number, zone);
        Assert.False(zone.TryAdd(5));
        zones.Leave(number, zone);
        Assert.Equal((0, 0), (zone.Connections, zones.RetiredCount));
    }

    /// <summary>Threads that add and remove while the zone is closed: none is counted afterwards, nothing is kept.</summary>
    [Fact]
    public async Task Soak_RetiredWhileConnectionsComeAndGo_IsForgotten()
    {
        ZoneTable zones = new(16);
        for (int round = 0; round < 300; round++)
        {
            uint number = zones.Register("nic");
            Zone zone = zones.Find(number)!;
            using Barrier start = new(3);
            Task Come() => Task.Run(() =>
            {
                start.SignalAndWait();
                for (int i = 0; i < 100; i++)
                {
                    zone.TryAdd(0);
                    zones.Leave(number, zone);
                }
            });
            Task[] tasks = [Come(), Come()];
            start.SignalAndWait();
            zones.Retire(number, round);
            await Task.WhenAll(tasks);
            Assert.Equal((0, true), (zone.Connections, zone.IsRetired));
        }

        Assert.Equal(0, zones.RetiredCount);
    }
}
