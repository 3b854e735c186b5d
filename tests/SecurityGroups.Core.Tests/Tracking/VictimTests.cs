using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public class VictimTests
{
    [Fact]
    public void GoesBefore_LowestOrder_ThenHeaviest_ThenLongestIdle()
    {
        Victim[] inOrder =
        [
            new(1, 0, 0, 5), new(2, 0, 0, 4), new(3, 1, 9, 1), new(4, 1, 8, 7), new(5, 1, 8, 6), new(6, 2, 100, 100), Victim.None,
        ];
        for (int first = 0; first < inOrder.Length; first++)
        {
            for (int second = 0; second < inOrder.Length; second++)
            {
                Assert.Equal(first < second, inOrder[first].GoesBefore(inOrder[second]));
            }
        }

        Assert.True(Victim.None.IsNone);
        Assert.False(inOrder[0].IsNone);
    }
}
