using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class ChangeStampsTests
{
    [Fact]
    public void With_Addresses_MovesTheirBucketsAlone()
    {
        MemberKey[] keys = [.. Enumerable.Range(0, 4000).Select(i => Key((uint)i))];
        ChangeStamps before = ChangeStamps.Empty.With([keys[7]], 3);
        ChangeStamps after = before.With([keys[0], keys[1]], 5);
        Assert.Equal((3u, 5u), (before.Latest, after.Latest));
        Assert.Equal((0u, 5u, 5u), (before.Last(keys[0]), after.Last(keys[0]), after.Last(keys[1])));
        Assert.Equal(3u, after.Last(keys[7]));

        // About 4,000 * 2 / 4,096 of the others share a bucket; a hundred is far beyond chance.
        Assert.InRange(keys.Count(key => after.Last(key) == 5), 2, 100);
    }

    [Fact]
    public void With_ManyAddresses_SpreadsOverTheBuckets()
    {
        // 16,384 addresses leave a bucket out with probability e^-4, about 75 of the 4,096.
        ChangeStamps stamps = ChangeStamps.Empty.With([.. Enumerable.Range(0, 16_384).Select(i => Key((uint)i))], 1);
        Assert.InRange(Enumerable.Range(100_000, 10_000).Count(i => stamps.Last(Key((uint)i)) == 1), 9_500, 9_999);
    }

    [Fact]
    public void With_APrefix_MovesEveryBucket()
    {
        ChangeStamps stamps = ChangeStamps.Empty.With([Key(1)], 2).With([Key(5), new MemberKey(0, Ethertype.IPv4, 0x0A000000, 24)], 6);
        Assert.Equal((6u, 6u, 6u), (stamps.Latest, stamps.Last(Key(1)), stamps.Last(Key(9))));
        stamps = stamps.With([Key(1)], 8);
        Assert.Equal((8u, 8u), (stamps.Latest, stamps.Last(Key(1))));
        Assert.InRange(stamps.Last(new MemberKey(3, Ethertype.IPv6, 77, 128)), 6u, 8u);
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

    private static MemberKey Key(uint address) => new(0, Ethertype.IPv4, address, 32);
}
