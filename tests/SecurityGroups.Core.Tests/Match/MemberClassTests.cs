using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class MemberClassTests
{
    [Fact]
    public void With_GroupsThatJoin_KeepsThemAscending()
    {
        MemberClass members = MemberClass.Empty.With([7, 3], true).With([5], true);
        Assert.Equal([3, 5, 7], members.Groups.ToArray());
    }

    [Fact]
    public void With_GroupJoinedTwice_StaysUntilItLeftTwice()
    {
        MemberClass members = MemberClass.Empty.With([3], true).With([3], true).With([3], false);
        Assert.Equal([3], members.Groups.ToArray());
        Assert.Same(MemberClass.Empty, members.With([3], false));
    }

    [Fact]
    public void With_UnknownGroupThatLeaves_ChangesNothing()
    {
        Assert.Equal(MemberClass.Empty, MemberClass.Empty.With([3], false));
        Assert.Equal([3], MemberClass.Empty.With([3], true).With([2, 4], false).Groups.ToArray());
    }

    [Fact]
    public void Equals_NeedsGroupsAndCounts()
    {
        MemberClass once = MemberClass.Empty.With([3, 5], true);
        MemberClass twice = once.With([5], true);
        Assert.Equal(once, MemberClass.Empty.With([5], true).With([3], true));
        Assert.Equal(once.GetHashCode(), MemberClass.Empty.With([5], true).With([3], true).GetHashCode());
        Assert.NotEqual(once, twice);
        Assert.NotEqual(once, MemberClass.Empty.With([3, 6], true));
        Assert.False(once.Equals(null));
        Assert.True(once.Equals((object)once.With([7], true).With([7], false)));
        Assert.False(once.Equals("once"));
    }

    [Fact]
    public void GetHashCode_DiffersByGroupsAndByCounts()
    {
        int hash = MemberClass.Empty.With([3], true).GetHashCode();
        Assert.NotEqual(hash, MemberClass.Empty.With([5], true).GetHashCode());
        Assert.NotEqual(hash, MemberClass.Empty.With([3], true).With([3], true).GetHashCode());
    }

    [Fact]
    public void Filter_HasABitForEachGroup_Modulo64()
    {
        Assert.Equal(0ul, MemberClass.Empty.Filter);
        Assert.Equal((1ul << 3) | (1ul << 63), MemberClass.Empty.With([3, 63, 67], true).Filter);
    }
}
