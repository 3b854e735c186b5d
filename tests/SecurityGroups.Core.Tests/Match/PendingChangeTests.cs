using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class PendingChangeTests
{
    [Fact]
    public void Sort_Any_IsByHash_AndTheChangesOfAMemberAsGiven()
    {
        PendingChange[] changes = [.. Enumerable.Range(0, 200).Select(i => new PendingChange(Key(i % 20), i, default))];
        Array.Sort(changes);
        PendingChange[] expected = [.. Enumerable.Range(0, 20).Select(Key).OrderBy(key => key.Hash)
            .SelectMany(key => Enumerable.Range(0, 200).Where(i => Key(i % 20).IsSame(key)).Select(i => new PendingChange(key, i, default)))];
        Assert.Equal(expected.Select(change => change.Order), changes.Select(change => change.Order));
    }

    private static MemberKey Key(int number) => new(0, Ethertype.IPv4, (uint)number, 32);
}
