using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public class RoomSharesTests
{
    [Theory]
    [InlineData(40, 20, 10)]
    [InlineData(41, 20, 10)]
    [InlineData(3, 1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(int.MaxValue, 1_073_741_823, 536_870_911)]
    public void Of_SomeRoom_IsAPartRoundedDownButAtLeastOne(int connections, int unreplied, int halfOpen)
    {
        RoomLimits limits = new RoomShares(50, 25).Of(connections);
        Assert.Equal((unreplied, halfOpen), (limits.Of(ConnectionRank.Unreplied), limits.Of(ConnectionRank.HalfOpen)));
        Assert.All([ConnectionRank.Closing, ConnectionRank.Stream, ConnectionRank.Tombstone, ConnectionRank.Established], rank => Assert.Equal(connections, limits.Of(rank)));
    }
}
