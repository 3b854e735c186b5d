using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class PrefixLengthsTests
{
    [Fact]
    public void Of_LengthsInUse_AreLongestFirst_ByNetworkAndFamily()
    {
        PrefixLengths lengths = With(PrefixLengths.Empty, true, (0, Ethertype.IPv4, 8), (0, Ethertype.IPv4, 32), (2, Ethertype.IPv6, 128), (2, Ethertype.IPv6, 64));
        Assert.Equal([32, 8], lengths.Of(0, Ethertype.IPv4).ToArray());
        Assert.Equal([128, 64], lengths.Of(2, Ethertype.IPv6).ToArray());
        Assert.True(lengths.Of(0, Ethertype.IPv6).IsEmpty);
        Assert.True(lengths.Of(1, Ethertype.IPv4).IsEmpty);
        Assert.True(lengths.Of(3, Ethertype.IPv4).IsEmpty);
        Assert.Equal(6, lengths.Scopes);
    }

    [Fact]
    public void With_LastMemberOfALengthLeaves_TheLengthGoes()
    {
        PrefixLengths lengths = With(PrefixLengths.Empty, true, (0, Ethertype.IPv4, 32), (0, Ethertype.IPv4, 32), (0, Ethertype.IPv4, 24));
        lengths = With(lengths, false, (0, Ethertype.IPv4, 32));
        Assert.Equal([32, 24], lengths.Of(0, Ethertype.IPv4).ToArray());
        Assert.Equal([24], With(lengths, false, (0, Ethertype.IPv4, 32)).Of(0, Ethertype.IPv4).ToArray());
    }

    [Fact]
    public void With_LastMemberOfAScopeLeaves_TheListsShrink()
    {
        PrefixLengths lengths = With(PrefixLengths.Empty, true, (0, Ethertype.IPv4, 32), (5, Ethertype.IPv6, 128));
        Assert.Equal(12, lengths.Scopes);
        lengths = With(lengths, false, (5, Ethertype.IPv6, 128));
        Assert.Equal(1, lengths.Scopes);
        Assert.Equal([32], lengths.Of(0, Ethertype.IPv4).ToArray());
        Assert.Equal(0, With(lengths, false, (0, Ethertype.IPv4, 32)).Scopes);
    }

    [Fact]
    public void With_LengthInUseAlready_SharesTheLists()
    {
        PrefixLengths before = With(PrefixLengths.Empty, true, (0, Ethertype.IPv4, 32));
        PrefixLengths after = With(before, true, (0, Ethertype.IPv4, 32));
        Assert.True(before.Of(0, Ethertype.IPv4) == after.Of(0, Ethertype.IPv4));
    }

    private static PrefixLengths With(PrefixLengths lengths, bool joins, params (int Network, Ethertype Ethertype, int Length)[] members) =>
        lengths.With([.. members.Select((member, order) =>
            new PendingChange(default, order, new MemberChange(member.Network, member.Ethertype, 0, member.Length, [1], joins)))]);
}
