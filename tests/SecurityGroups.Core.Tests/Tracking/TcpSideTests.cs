using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public sealed class TcpSideTests
{
    private const uint LargestWindow = (1u << 30) - 1;

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(65535u, 65535u)]
    [InlineData(LargestWindow, LargestWindow)]
    [InlineData(LargestWindow + 1, LargestWindow)]
    [InlineData(uint.MaxValue, LargestWindow)]
    public void MaxWindow_StopsAtItsLargest(uint window, uint expected)
    {
        TcpSide side = new() { IsSackPermitted = true, MaxWindow = window };
        Assert.Equal((expected, true, false), (side.MaxWindow, side.IsSackPermitted, side.HasAcknowledged));
    }

    [Fact]
    public void Flags_SetAndCleared_LeaveTheWindowAndEachOther()
    {
        TcpSide side = new() { MaxWindow = LargestWindow, IsSackPermitted = true, HasAcknowledged = true };
        side.IsSackPermitted = false;
        Assert.Equal((LargestWindow, false, true), (side.MaxWindow, side.IsSackPermitted, side.HasAcknowledged));
        side.IsSackPermitted = true;
        side.HasAcknowledged = false;
        Assert.Equal((LargestWindow, true, false), (side.MaxWindow, side.IsSackPermitted, side.HasAcknowledged));
        side.MaxWindow = 5;
        Assert.Equal((5u, true, false), (side.MaxWindow, side.IsSackPermitted, side.HasAcknowledged));
    }
}
