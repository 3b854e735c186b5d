using FsCheck.Xunit;
using SecurityGroups.Compile;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class GroupRemotesTests
{
    [Property(MaxTest = 500)]
    public void TryNext_AnyLists_WalksWhatIsInBoth(int seed)
    {
        Random random = new(seed);
        int[] own = Groups(random);
        MemberClass members = MemberClass.Empty.With([.. Groups(random)], true);
        GroupRemotes remotes = new(own, new int[own.Length]);
        List<int> walked = [];
        for (int next = 0; remotes.TryNext(members, ref next, out int position);)
        {
            walked.Add(own[position]);
        }

        Assert.Equal(own.Intersect(members.Groups.ToArray()).Order(), walked);
    }

    [Fact]
    public void Allows_MemberOfSeveralGroups_NeedsOneThatAllows()
    {
        AllowSetBuilder builder = new();
        int web = builder.Extend(0, [80, 81]);
        int mail = builder.Extend(0, [25, 26]);
        AllowSets sets = AllowSetLayout.Lay(builder);
        GroupRemotes remotes = new([3, 5], [web, mail]);
        MemberClass both = MemberClass.Empty.With([3, 5], true);
        Assert.True(remotes.Allows(both, sets, 80));
        Assert.True(remotes.Allows(both, sets, 25));
        Assert.False(remotes.Allows(both, sets, 81));
        Assert.True(remotes.Allows(MemberClass.Empty.With([5], true), sets, 25));
        Assert.False(remotes.Allows(MemberClass.Empty.With([5], true), sets, 80));
        Assert.False(remotes.Allows(MemberClass.Empty.With([4, 69], true), sets, 80));
    }

    [Fact]
    public void Octets_CountBothLists() => Assert.Equal(16, new GroupRemotes([3, 5], [0, 0]).Octets);

    private static int[] Groups(Random random) => [.. Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(150)).Distinct().Order()];
}
