using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public class ZoneTableTests
{
    [Fact]
    public void Register_Many_NumbersThemInOrderAndKeepsEach()
    {
        ZoneTable zones = new(8);
        Assert.Null(zones.Find(0));
        Assert.Null(zones.Find(64));
        Zone?[] found = new Zone?[200];
        for (uint i = 0; i < found.Length; i++)
        {
            Assert.Equal(i, zones.Register());
            found[i] = zones.Find(i);
        }

        Assert.Equal(found.Length, found.OfType<Zone>().Distinct().Count());
        Assert.All(Enumerable.Range(0, found.Length), i => Assert.Same(found[i], zones.Find((uint)i)));
        Assert.Null(zones.Find(200));
        Assert.Null(zones.Find(int.MaxValue));
    }

    [Fact]
    public void Retire_Zone_IsFoundNoMoreAndItsNumberNeverUsedAgain()
    {
        ZoneTable zones = new(8);
        uint first = zones.Register();
        uint second = zones.Register();
        zones.Retire(first, 0);
        Assert.Null(zones.Find(first));
        Assert.NotNull(zones.Find(second));
        Assert.Equal(2u, zones.Register());
    }

    [Fact]
    public void Retire_UnknownZone_DoesNothing()
    {
        ZoneTable zones = new(8);
        zones.Register();
        zones.Retire(1, 0);
        zones.Retire(5000, 0);
        Assert.NotNull(zones.Find(0));
        Assert.Equal(0, zones.RetiredCount);
    }

    [Fact]
    public void Zone_CountsWhatItAddsRemovesAndTolerates()
    {
        ZoneTable zones = new(8);
        Zone zone = zones.Find(zones.Register("a"))!;
        Assert.True(zone.TryAdd(ConnectionRank.HalfOpen, 2) && zone.TryAdd(ConnectionRank.HalfOpen, 2));
        Assert.False(zone.TryAdd(ConnectionRank.HalfOpen, 2));
        Assert.False(zone.Remove(ConnectionRank.HalfOpen));
        zone.CountTolerated();
        Assert.Equal((2, 1L, false), (zone.Connections, zone.Tolerated, zone.IsRetired));
    }

    [Fact]
    public void Zone_CountsByRank_WhileConnectionsMove()
    {
        ConnectionRank[] ranks = Enum.GetValues<ConnectionRank>();
        Dictionary<ConnectionRank, int> members = ranks.ToDictionary(rank => rank, _ => 0);
        ZoneTable zones = new(8);
        Zone zone = zones.Find(zones.Register("a"))!;
        Random random = new(1);
        for (int step = 0; step < 2_000; step++)
        {
            ConnectionRank from = ranks[random.Next(ranks.Length)];
            ConnectionRank to = ranks[random.Next(ranks.Length)];
            if (members[from] == 0)
            {
                zone.TryAdd(from, 0);
                members[from]++;
            }
            else if (random.Next(2) == 0)
            {
                zone.Remove(from);
                members[from]--;
            }
            else
            {
                zone.Move(from, to);
                members[from]--;
                members[to]++;
            }

            (int unreplied, int halfOpen, int all) = (members[ConnectionRank.Unreplied], members[ConnectionRank.HalfOpen], members.Values.Sum());
            Assert.Equal((unreplied, halfOpen, all - unreplied - halfOpen), (zone.Of(ConnectionRank.Unreplied), zone.Of(ConnectionRank.HalfOpen), zone.Of(ConnectionRank.Stream)));
            Assert.Equal((all, false), (zone.Connections, zone.IsRetired));
        }
    }

    [Fact]
    public void RetiredZone_IsKnownUntilItsLastConnectionLeft()
    {
        ZoneTable zones = new(16);
        uint number = zones.Register("a");
        Zone zone = zones.Find(number)!;
        Assert.True(zone.TryAdd(ConnectionRank.Unreplied, 0) && zone.TryAdd(ConnectionRank.HalfOpen, 2));
        zones.Retire(number, 77);
        Assert.Null(zones.Find(number));
        Assert.Same(zone, zones.FindOfConnection(number));
        Assert.Equal(("a", 2, 77L, true), (zone.NicId, zone.Connections, zone.RetiredAt, zone.IsRetired));
        zones.Leave(number, zone, ConnectionRank.HalfOpen);
        Assert.Equal(1, zones.RetiredCount);
        zones.Leave(number, zone, ConnectionRank.Unreplied);
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
        Assert.False(zone.TryAdd(ConnectionRank.Unreplied, 0));
        zones.Leave(number, zone, ConnectionRank.Unreplied);
        Assert.False(zone.TryAdd(ConnectionRank.Unreplied, 5));
        zones.Leave(number, zone, ConnectionRank.Unreplied);
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
                    zone.TryAdd(ConnectionRank.Unreplied, 0);
                    zones.Leave(number, zone, ConnectionRank.Unreplied);
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
