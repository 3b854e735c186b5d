using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public sealed class RateLimitTests
{
    [Fact]
    public void TryTake_AtOnce_GivesTheBurstAndNoMore()
    {
        RateLimit limit = default;
        Assert.Equal(30, Take(ref limit, 1000, 100));
        Assert.False(limit.CanTake(1000, 10, 30));
    }

    [Theory]
    [InlineData(99, 0)]
    [InlineData(100, 1)]
    [InlineData(250, 2)]
    [InlineData(1000, 10)]
    [InlineData(3000, 30)]
    [InlineData(100_000, 30)]
    public void TryTake_AfterAWhile_GivesATokenATenthOfASecond(long milliseconds, int tokens)
    {
        RateLimit limit = default;
        Take(ref limit, 1000, 30);
        Assert.Equal(tokens > 0, limit.CanTake(1000 + milliseconds, 10, 30));
        Assert.Equal(tokens, Take(ref limit, 1000 + milliseconds, 100));
    }

    [Fact]
    public void CanTake_TakesNothing()
    {
        RateLimit limit = default;
        for (int i = 0; i < 10; i++)
        {
            Assert.True(limit.CanTake(1000, 1, 1));
        }

        Assert.True(limit.TryTake(1000, 1, 1));
        Assert.False(limit.CanTake(1000, 1, 1));
    }

    [Fact]
    public void TryTake_ClockWentBackFurtherThanABurst_BeginsAnew()
    {
        RateLimit limit = default;
        Take(ref limit, 100_000, 30);
        Assert.Equal(30, Take(ref limit, 100_000 - 3001, 100));
    }

    [Fact]
    public void TryTake_ClockWentBackALittle_GivesNothing()
    {
        RateLimit limit = default;
        Take(ref limit, 100_000, 15);
        Assert.Equal(0, Take(ref limit, 100_000 - 1500, 100));
    }

    private static int Take(ref RateLimit limit, long now, int attempts)
    {
        int taken = 0;
        for (int i = 0; i < attempts; i++)
        {
            taken += limit.TryTake(now, 10, 30) ? 1 : 0;
        }

        return taken;
    }
}
