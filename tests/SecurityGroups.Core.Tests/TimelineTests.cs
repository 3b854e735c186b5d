namespace SecurityGroups.Tests;

public sealed class TimelineTests
{
    private const long Day = 24L * 60 * 60 * 1000;

    [Theory]
    [InlineData(0)]
    [InlineData(1_700_000_000_000)]
    [InlineData(-1_700_000_000_000)]
    public void At_SmallSteps_KeepTheirLength(long origin)
    {
        Timeline timeline = new();
        long start = timeline.At(origin);

        Assert.Equal(start + 1_500, timeline.At(origin + 1_500));
        Assert.Equal(start + 500, timeline.At(origin + 500));
        Assert.Equal(start + (20 * Day), timeline.At(origin + (20 * Day)));
        Assert.Equal(start + (20 * Day), timeline.Latest);
    }

    [Fact]
    public void At_EveryLengthOfLeapForward_IsOneLongStep()
    {
        foreach (long years in new[] { 1L, 9, 17, 35, 100 })
        {
            Timeline timeline = new();
            long start = timeline.At(0);
            long after = timeline.At(years * 365 * Day);

            Assert.InRange(after - start, 25 * Day, 50 * Day);
            Assert.Equal(after + 7, timeline.At((years * 365 * Day) + 7));
        }
    }

    [Fact]
    public void At_StrayTimeFarBack_CountsAsLatestAndMovesNothing()
    {
        Timeline timeline = new();
        long start = timeline.At(1_000 * Day);

        Assert.Equal(start, timeline.At(0));
        Assert.Equal(start + 40, timeline.At((1_000 * Day) + 40));
        Assert.Equal(start + 40, timeline.At(2_000));
        Assert.Equal(start + 60, timeline.At((1_000 * Day) + 60));
    }

    [Fact]
    public void At_ClockSetFarBack_GoesOnFromTheLatest()
    {
        Timeline timeline = new();
        long start = timeline.At(1_000 * Day);
        timeline.At(0);
        timeline.At(999);
        Assert.Equal(start, timeline.At(1_000));

        Assert.Equal(start + 30_000, timeline.At(31_000));
    }

    [Fact]
    public void Peek_RemembersNothing()
    {
        Timeline timeline = new();
        timeline.Peek(long.MaxValue / 1_000_000);
        long start = timeline.At(5_000);

        Assert.Equal(start + 1_000, timeline.Peek(6_000));
        Assert.True(timeline.Peek(9_000 * Day) > start + (25 * Day));
        Assert.Equal(start, timeline.Peek(-9_000 * Day));
        Assert.Equal(start, timeline.Latest);
        Assert.Equal(start + 1, timeline.At(5_001));
    }
}
