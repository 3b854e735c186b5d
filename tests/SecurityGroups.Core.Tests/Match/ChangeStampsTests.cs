using SecurityGroups.Match;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Match;

public sealed class ChangeStampsTests
{
    [Fact]
    public void With_Addresses_MovesTheirBucketsAlone()
    {
        MemberKey[] keys = [.. Enumerable.Range(0, 4000).Select(i => Key((uint)i))];
        ChangeStamps before = ChangeStamps.Empty.With([keys[7]], 3);
        ChangeStamps after = before.With([keys[0], keys[1]], 5);
        Assert.Equal((0u, 5u, 5u), (Last(before, keys[0]), Last(after, keys[0]), Last(after, keys[1])));
        Assert.Equal((3u, 3u), (Last(before, keys[7]), Last(after, keys[7])));

        // About 4,000 * 2 / 4,096 of the others share a bucket; a hundred is far beyond chance.
        Assert.InRange(keys.Count(key => Last(after, key) == 5), 2, 100);
    }

    /// <summary>512 addresses at any distance are at most an eighth of the buckets; far fewer than a quarter of the others share one.</summary>
    [Theory]
    [InlineData(Ethertype.IPv4, 0)]
    [InlineData(Ethertype.IPv4, 8)]
    [InlineData(Ethertype.IPv4, 16)]
    [InlineData(Ethertype.IPv6, 0)]
    [InlineData(Ethertype.IPv6, 48)]
    [InlineData(Ethertype.IPv6, 64)]
    [InlineData(Ethertype.IPv6, 96)]
    public void With_ManyAddresses_SpreadsOverTheBuckets(Ethertype ethertype, int shift)
    {
        const int Changed = 512;
        const int Others = 8_192;
        MemberKey[] keys =
            [.. Enumerable.Range(0, Changed + Others).Select(i => new MemberKey(0, ethertype, (UInt128)i << shift, ethertype == Ethertype.IPv4 ? 32 : 128))];
        ChangeStamps stamps = ChangeStamps.Empty.With([.. keys[..Changed]], 1);
        Assert.InRange(keys[Changed..].Count(key => Last(stamps, key) == 1), 1, Others / 4);
    }

    [Fact]
    public void With_APrefix_MovesEveryBucket()
    {
        ChangeStamps stamps = ChangeStamps.Empty.With([Key(1)], 2).With([Key(5), new MemberKey(0, Ethertype.IPv4, 0x0A000000, 24)], 6);
        Assert.Equal((6u, 6u), (Last(stamps, Key(1)), Last(stamps, Key(9))));
        stamps = stamps.With([Key(1)], 8);
        Assert.Equal(8u, Last(stamps, Key(1)));
        Assert.InRange(Last(stamps, new MemberKey(3, Ethertype.IPv6, 77, 128)), 6u, 8u);
    }

    /// <summary>The latest change is told from the earlier ones without a look at the buckets: the answers are those that a list of changes gives.</summary>
    [Fact]
    public void IsUnchangedSince_AfterManyUpdates_AnswersAsTheListOfChanges()
    {
        const int Updates = 300;
        Random random = new(20_261_129);
        MemberKey[] keys = [.. Enumerable.Range(0, 40).Select(i => new MemberKey(i % 3, (Ethertype)(i % 2), (UInt128)i << (i % 2 * 64), i % 2 == 0 ? 32 : 128))];
        uint[] changedAt = new uint[keys.Length];
        ChangeStamps stamps = ChangeStamps.Empty;
        int shared = 0;
        for (uint generation = 1; generation <= Updates; generation++)
        {
            int[] changed = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(keys.Length)).Distinct()];
            stamps = stamps.With([.. changed.Select(i => keys[i])], generation);
            foreach (int i in changed)
            {
                changedAt[i] = generation;
            }

            for (int i = 0; i < keys.Length; i++)
            {
                uint last = Last(stamps, keys[i], generation);
                Assert.True(last >= changedAt[i], $"key {i} changed at {changedAt[i]}, told {last}");
                shared += last == changedAt[i] ? 0 : 1;
            }
        }

        // Of 40 keys in 4,096 buckets, few share one.
        Assert.InRange(shared, 0, Updates * keys.Length / 10);
    }

    /// <summary>Generations wrap: a prefix's change and an address's on either side of zero hide no later change.</summary>
    [Fact]
    public void IsUnchangedSince_WhereGenerationsWrap_KeepsTheirOrder()
    {
        ChangeStamps stamps = ChangeStamps.Empty.With([new MemberKey(0, Ethertype.IPv4, 0x0A000000, 24)], uint.MaxValue - 3)
            .With([Key(1)], 2).With([Key(2), Key(5)], 4).With([Key(9)], 6);
        Assert.False(IsUnchangedSince(stamps, 1, Key(1)));
        Assert.True(IsUnchangedSince(stamps, 2, Key(1)));
        Assert.False(IsUnchangedSince(stamps, uint.MaxValue, Key(1)));
        Assert.False(IsUnchangedSince(stamps, 3, Key(2)));
        Assert.True(IsUnchangedSince(stamps, 4, Key(2)));
        Assert.False(IsUnchangedSince(stamps, 5, Key(9)));
        Assert.True(IsUnchangedSince(stamps, uint.MaxValue - 3, Key(77)));
        Assert.False(IsUnchangedSince(stamps, uint.MaxValue - 4, Key(77)));
    }

    [Fact]
    public void With_Nothing_IsTheSameObject() => Assert.Same(ChangeStamps.Empty, ChangeStamps.Empty.With([], 4));

    [Theory]
    [InlineData(Ethertype.IPv4, 32, true)]
    [InlineData(Ethertype.IPv4, 31, false)]
    [InlineData(Ethertype.IPv6, 128, true)]
    [InlineData(Ethertype.IPv6, 32, false)]
    [InlineData(Ethertype.IPv6, 127, false)]
    public void IsAddress_IsTheFullLengthOfTheFamily(Ethertype ethertype, int prefixLength, bool expected) =>
        Assert.Equal(expected, new MemberKey(9, ethertype, 0, prefixLength).IsAddress);

    private static bool IsUnchangedSince(ChangeStamps stamps, uint stamp, in MemberKey key) => stamps.IsUnchangedSince(stamp, key.Bits, key.Scope);

    private static uint Last(ChangeStamps stamps, MemberKey key, uint latest = 10) =>
        LatestChange.Find(latest, stamp => IsUnchangedSince(stamps, stamp, key));

    private static MemberKey Key(uint address) => new(0, Ethertype.IPv4, address, 32);
}
