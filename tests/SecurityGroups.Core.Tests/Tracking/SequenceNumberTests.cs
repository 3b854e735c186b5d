using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public sealed class SequenceNumberTests
{
    [Theory]
    [InlineData(1u, 2u)]
    [InlineData(0xFFFFFFFFu, 0u)]
    [InlineData(0xFFFFFFF0u, 0x10u)]
    [InlineData(5u, 5u + 0x7FFFFFFF)]
    public void Order_WithinHalfTheSpace_IsStrict(uint earlier, uint later)
    {
        Assert.True(SequenceNumber.IsBefore(earlier, later) && SequenceNumber.IsAfter(later, earlier));
        Assert.False(SequenceNumber.IsBefore(later, earlier) || SequenceNumber.IsAfter(earlier, later));
    }

    [Fact]
    public void Order_OfEquals_IsNeither() => Assert.False(SequenceNumber.IsBefore(7, 7) || SequenceNumber.IsAfter(7, 7));

    [Fact]
    public void Order_HalfTheSpaceApart_IsBoth()
    {
        Assert.True(SequenceNumber.IsBefore(7, 7 + 0x80000000) && SequenceNumber.IsAfter(7, 7 + 0x80000000));
        Assert.True(SequenceNumber.IsBefore(7 + 0x80000000, 7) && SequenceNumber.IsAfter(7 + 0x80000000, 7));
    }
}
