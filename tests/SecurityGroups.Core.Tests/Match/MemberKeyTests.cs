using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class MemberKeyTests
{
    private static readonly UInt128 s_address = new(0x20010DB8_00000001, 0x00000000_00000005);

    public static TheoryData<int, Ethertype, ulong, ulong, int> Others => new()
    {
        { 2, Ethertype.IPv6, 0x20010DB8_00000001, 5, 128 },
        { 1, Ethertype.IPv4, 0x20010DB8_00000001, 5, 128 },
        { 1, Ethertype.IPv6, 0x20010DB8_00000002, 5, 128 },
        { 1, Ethertype.IPv6, 0x20010DB8_00000001, 6, 128 },
        { 1, Ethertype.IPv6, 0x20010DB8_00000001, 5, 127 },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Key_ThatDiffersInOneMember_IsAnother(int network, Ethertype ethertype, ulong high, ulong low, int prefixLength)
    {
        MemberKey key = new(1, Ethertype.IPv6, s_address, 128);
        MemberKey other = new(network, ethertype, new UInt128(high, low), prefixLength);
        Assert.NotEqual(key.Hash, other.Hash);
        Assert.False(key.IsSame(other) || key.Matches(new MemberEntry(other.Bits, other.Scope, MemberClass.Empty)));
    }

    [Fact]
    public void Key_OfTheSameMembers_IsTheSame()
    {
        MemberKey key = new(1, Ethertype.IPv6, s_address, 128);
        MemberKey same = new(1, Ethertype.IPv6, s_address, 128);
        MemberEntry entry = new(s_address, key.Scope, MemberClass.Empty);
        Assert.True(key.IsSame(same) && key.Matches(entry));
        Assert.Equal((key.Hash, key.Hash), (same.Hash, entry.Hash));
    }

    /// <summary>Whoever could compute the hash could choose addresses that fill one chunk.</summary>
    [Fact]
    public void Hash_IsNotThatOfTrivialSecrets()
    {
        for (ulong secrets = 0; secrets < 8; secrets++)
        {
            ulong folded = Fold((secrets & 1) ^ (ulong)(s_address >> 64), (ulong)s_address ^ (secrets >> 1 & 1));
            Assert.NotEqual(Fold(folded ^ (secrets >> 2), 7 + 0x9e3779b97f4a7c15), MemberKey.HashOf(s_address, 7));
        }
    }

    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
