using System.Collections.Immutable;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class MemberTrieEditorTests
{
    // Several chunks' worth, so that the trie has branches.
    private const int Members = 400;

    [Fact]
    public void Apply_ManyJoinsAtOnceOrOneByOne_FindsEachAndNoOther()
    {
        object? atOnce = new MemberTrieEditor(NoClasses()).Apply(null, 0, Changes(0, Members, true));
        object? oneByOne = null;
        for (int i = 0; i < Members; i++)
        {
            oneByOne = new MemberTrieEditor(NoClasses()).Apply(oneByOne, 0, Changes(i, 1, true));
        }

        foreach (object? root in (object?[])[atOnce, oneByOne])
        {
            Assert.IsType<object?[]>(root);
            for (int i = 0; i < Members * 2; i++)
            {
                Assert.Equal(i < Members ? [i % 7] : [], MemberTrie.Find(root, Key(i))?.Groups.ToArray() ?? []);
            }
        }
    }

    [Fact]
    public void Apply_Change_LeavesTheOldTrieAsItWas()
    {
        object? before = new MemberTrieEditor(NoClasses()).Apply(null, 0, Changes(0, Members, true));
        object? after = new MemberTrieEditor(NoClasses()).Apply(before, 0, Changes(0, Members / 2, false));
        for (int i = 0; i < Members; i++)
        {
            Assert.NotNull(MemberTrie.Find(before, Key(i)));
            Assert.Equal(i < Members / 2, MemberTrie.Find(after, Key(i)) is null);
        }
    }

    [Fact]
    public void Apply_EveryMemberLeaves_LeavesNothing()
    {
        foreach (int count in (int[])[1, MemberTrie.MaxChunk, Members])
        {
            object? root = new MemberTrieEditor(NoClasses()).Apply(null, 0, Changes(0, count, true));
            Assert.NotNull(root);
            Assert.Null(new MemberTrieEditor(NoClasses()).Apply(root, 0, Changes(0, count, false)));
        }
    }

    [Fact]
    public void Apply_UpToMaxChunk_IsOneChunk()
    {
        Assert.IsType<MemberEntry[]>(new MemberTrieEditor(NoClasses()).Apply(null, 0, Changes(0, MemberTrie.MaxChunk, true)));
        Assert.IsType<object?[]>(new MemberTrieEditor(NoClasses()).Apply(null, 0, Changes(0, MemberTrie.MaxChunk + 1, true)));
        object? full = new MemberTrieEditor(NoClasses()).Apply(null, 0, Changes(0, MemberTrie.MaxChunk, true));
        Assert.IsType<object?[]>(new MemberTrieEditor(NoClasses()).Apply(full, 0, Changes(MemberTrie.MaxChunk, 1, true)));

        // Members count, not the slots that their chunk has.
        object? half = new MemberTrieEditor(NoClasses()).Apply(null, 0, Changes(0, MemberTrie.MaxChunk / 2, true));
        Assert.IsType<MemberEntry[]>(new MemberTrieEditor(NoClasses()).Apply(half, 0, Changes(MemberTrie.MaxChunk / 2, MemberTrie.MaxChunk / 2, true)));
    }

    [Fact]
    public void SizeFor_IsAPowerOfTwoThreeQuartersFullAtMost()
    {
        foreach ((int members, int size) in ((int, int)[])[(0, 4), (1, 4), (3, 4), (4, 8), (6, 8), (7, 16), (48, 64)])
        {
            Assert.Equal(size, MemberTrie.SizeFor(members));
        }
    }

    [Fact]
    public void Remove_AnyMember_LeavesTheOthersToBeFound()
    {
        MemberEntry[] members = [.. Enumerable.Range(0, MemberTrie.MaxChunk).Select(i => new MemberEntry(Key(i).Bits, Key(i).Scope, MemberClass.Empty.With([1], true)))];
        for (int removed = 0; removed < members.Length; removed++)
        {
            MemberEntry[] chunk = MemberTrie.ToChunk(members, 64);
            MemberTrie.Remove(chunk, MemberTrie.SlotFor(chunk, members[removed]));
            Assert.Equal(members.Length - 1, MemberTrie.CountOf(chunk));
            for (int i = 0; i < members.Length; i++)
            {
                Assert.Equal(i == removed, MemberTrie.Find(chunk, Key(i)) is null);
            }
        }
    }

    [Fact]
    public void SlotOf_TakesSixBitsALevelFromTheHighEnd()
    {
        const ulong Hash = (1ul << 58) | (2ul << 52) | (3ul << 46) | (63ul << 4) | 15;
        Assert.Equal((1, 2, 3, 0, 63), (MemberTrie.SlotOf(Hash, 0), MemberTrie.SlotOf(Hash, 1), MemberTrie.SlotOf(Hash, 2), MemberTrie.SlotOf(Hash, 3), MemberTrie.SlotOf(Hash, 9)));
    }

    [Fact]
    public void Classes_AreCountedAndSharedByEqualMembers()
    {
        MemberTrieEditor joins = new(NoClasses());
        object? root = joins.Apply(null, 0, Changes(0, 14, true));
        ImmutableDictionary<MemberClass, int> classes = joins.Classes();
        Assert.Equal(7, classes.Count);
        Assert.All(classes.Values, count => Assert.Equal(2, count));
        Assert.Same(MemberTrie.Find(root, Key(3)), MemberTrie.Find(root, Key(10)));

        MemberTrieEditor more = new(classes);
        root = more.Apply(root, 0, Changes(17, 1, true));
        Assert.Same(MemberTrie.Find(root, Key(3)), MemberTrie.Find(root, Key(17)));
        Assert.Equal(3, more.Classes()[MemberTrie.Find(root, Key(3))!]);

        MemberTrieEditor leaves = new(more.Classes());
        Assert.Null(leaves.Apply(root, 0, [.. Changes(0, 14, false), .. Changes(17, 1, false)]));
        Assert.Empty(leaves.Classes());
    }

    [Fact]
    public void Changed_NamesThoseWhoseGroupsChanged()
    {
        MemberTrieEditor joins = new(NoClasses());
        object? root = joins.Apply(null, 0, Changes(0, 3, true));
        Assert.Equal(3, joins.Changed.Count);
        MemberTrieEditor again = new(joins.Classes());
        root = again.Apply(root, 0, [.. Changes(0, 1, true), .. Changes(5, 1, true)]);
        Assert.True(Assert.Single(again.Changed).IsSame(Key(5)));
        MemberTrieEditor leaves = new(again.Classes());
        leaves.Apply(root, 0, [.. Changes(0, 1, false), .. Changes(1, 1, false)]);
        Assert.True(Assert.Single(leaves.Changed).IsSame(Key(1)));
    }

    [Fact]
    public void Changed_OfAMemberThatLeavesAndJoinsAtOnce_NamesItNot()
    {
        MemberTrieEditor joins = new(NoClasses());
        object? root = joins.Apply(null, 0, Changes(0, 3, true));
        MemberTrieEditor both = new(joins.Classes());
        root = both.Apply(root, 0, [.. Changes(1, 1, false), .. Changes(1, 1, true)]);
        Assert.Empty(both.Changed);
        Assert.NotNull(MemberTrie.Find(root, Key(1)));
        Assert.Equal(joins.Classes(), both.Classes());
    }

    private static ImmutableDictionary<MemberClass, int> NoClasses() => ImmutableDictionary<MemberClass, int>.Empty;

    private static MemberKey Key(int number) => new(0, Ethertype.IPv4, (UInt128)(uint)number, 32);

    private static PendingChange[] Changes(int first, int count, bool joins)
    {
        PendingChange[] changes = [.. Enumerable.Range(first, count).Select(i =>
            new PendingChange(Key(i), i, new MemberChange(0, Ethertype.IPv4, (UInt128)(uint)i, 32, [i % 7], joins)))];
        Array.Sort(changes);
        return changes;
    }
}
