using FsCheck.Xunit;
using SecurityGroups.Match;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Match;

public sealed class MembershipIndexTests
{
    [Property(MaxTest = 150)]
    public void Find_AnyJoinsAndLeaves_AgreesWithAListOfThem(int seed)
    {
        Random random = new(seed);
        List<MemberChange> members = [];
        MembershipIndex index = MembershipIndex.Empty;
        for (uint generation = 1; generation < 30; generation++)
        {
            List<MemberChange> changes = [];
            for (int count = random.Next(1, 1 << random.Next(8)); count > 0; count--)
            {
                bool leaves = members.Count > 0 && random.Next(2) == 0;
                MemberChange member = leaves ? members[random.Next(members.Count)] : RandomMember(random);
                changes.Add(member with { Joins = !leaves });
                if (leaves)
                {
                    members.Remove(member);
                }
                else
                {
                    members.Add(member);
                }
            }

            index = index.With(changes, generation);
            AssertAgrees(index, members, random);
        }

        index = index.With(members.Select(member => member with { Joins = false }), 99);
        AssertAgrees(index, [], random);
    }

    [Fact]
    public void Find_HundredThousandMembers_FindsEachAndNoOther()
    {
        MembershipIndex index = MembershipIndex.Empty.With(Enumerable.Range(0, 100_000).Select(i => Member((uint)i * 2 + 0x0a000000, 1)), 1);
        for (uint address = 0x0a000000; address < 0x0a000000 + 200_000; address++)
        {
            Assert.Equal(address % 2 == 0, index.Find(0, Ethertype.IPv4, address, 32) is not null);
        }
    }

    [Fact]
    public void With_OneOfHundredThousandMembers_AllocatesLittle()
    {
        MembershipIndex index = MembershipIndex.Empty.With(Enumerable.Range(0, 100_000).Select(i => Member((uint)i, 1)), 1);
        for (uint i = 0; i < 100; i++)
        {
            index = index.With([Member(0x20000000 + i, 1)], 2 + i);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (uint i = 0; i < 100; i++)
        {
            index = index.With([Member(0x30000000 + i, 1)], 200 + i);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 1, 20_000);
    }

    [Fact]
    public void IsUnchangedSince_OneMemberChanges_MovesForItAndFewOthers()
    {
        MembershipIndex index = MembershipIndex.Empty.With(Enumerable.Range(0, 10_000).Select(i => Member((uint)i, 1)), 1).With([Member(5, 2)], 7);
        Assert.Equal(7u, LastChange(index, 0, Ethertype.IPv4, 5));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(i => LastChange(index, 0, Ethertype.IPv4, (uint)i) == 7), 1, 50);
    }

    [Fact]
    public void With_NothingThatCanBeAMember_IsTheSameObject()
    {
        MembershipIndex index = MembershipIndex.Empty.With([Member(5, 2)], 1);
        Assert.Same(index, index.With([], 2));
        Assert.Same(index, index.With([Member(0x7f000001, 2), Member(6, 2) with { Groups = [] }], 2));
        Assert.Equal(1u, LastChange(index, 0, Ethertype.IPv4, 5));
    }

    [Fact]
    public void IsUnchangedSince_SameGroupsByAnotherNic_DoesNotMove()
    {
        MembershipIndex index = MembershipIndex.Empty.With([Member(5, 2)], 1).With([Member(5, 2)], 2).With([Member(5, 2) with { Joins = false }], 3);
        Assert.Equal(1u, LastChange(index, 0, Ethertype.IPv4, 5));
        Assert.Equal(4u, LastChange(index.With([Member(5, 2) with { Joins = false }], 4), 0, Ethertype.IPv4, 5));
    }

    [Fact]
    public void IsUnchangedSince_PrefixMember_MovesForEveryAddress()
    {
        MembershipIndex index = MembershipIndex.Empty.With([Member(5, 2)], 1).With([Member(0x0a000000, 2) with { PrefixLength = 24 }], 2);
        Assert.Equal(2u, LastChange(index, 0, Ethertype.IPv4, 5));
        Assert.Equal(2u, LastChange(index, 1, Ethertype.IPv6, 77));
    }

    [Theory]
    [InlineData("127.0.0.1/32", false)]
    [InlineData("169.254.3.4/32", false)]
    [InlineData("224.0.0.5/32", false)]
    [InlineData("239.0.0.0/8", false)]
    [InlineData("10.0.0.0/7", false)]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("0.0.0.0/0", false)]
    [InlineData("::1/128", false)]
    [InlineData("fe80::1/128", false)]
    [InlineData("ff02::1/128", false)]
    [InlineData("2001::/15", false)]
    [InlineData("2001::/16", true)]
    [InlineData("2001:db8::1/128", true)]
    [InlineData("126.255.255.255/32", true)]
    [InlineData("127.255.255.255/32", false)]
    [InlineData("128.0.0.0/32", true)]
    [InlineData("169.253.255.255/32", true)]
    [InlineData("169.255.0.0/32", true)]
    [InlineData("223.255.255.255/32", true)]
    [InlineData("240.0.0.0/32", true)]
    [InlineData("::/128", true)]
    [InlineData("::2/128", true)]
    [InlineData("0:0:0:1::1/128", true)]
    [InlineData("fe7f:ffff::1/128", true)]
    [InlineData("febf::1/128", false)]
    [InlineData("fec0::1/128", true)]
    [InlineData("feff::1/128", true)]
    public void CanBeMember_SpecialAndShort_AreLeftOut(string text, bool expected)
    {
        Cidr cidr = Cidr.Parse(text);
        Assert.Equal(expected, MembershipIndex.CanBeMember(cidr.Ethertype, cidr.Bits, cidr.PrefixLength));
        MembershipIndex index = MembershipIndex.Empty.With([new MemberChange(0, cidr.Ethertype, cidr.Bits, cidr.PrefixLength, [3], true)], 1);
        Assert.Equal(expected, Groups(index, 0, cidr.Ethertype, cidr.Bits).Contains(3));
    }

    [Fact]
    public void PrefixLengths_LinkLocalWithinAMemberPrefix_IsNoMember()
    {
        MembershipIndex index = MembershipIndex.Empty.With([new MemberChange(0, Ethertype.IPv4, 0xa9000000, 8, [3], true)], 1);
        Assert.Equal([3], Groups(index, 0, Ethertype.IPv4, 0xa9010101));
        Assert.Empty(Groups(index, 0, Ethertype.IPv4, 0xa9fe0101));
    }

    [Fact]
    public void Find_Repeated_AllocatesNothing()
    {
        MembershipIndex index = MembershipIndex.Empty.With(Enumerable.Range(0, 1000).Select(i => Member((uint)i, i % 5)), 1);
        int found = Count(index);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int again = Count(index);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(found, again);
    }

    private static int Count(MembershipIndex index)
    {
        int found = 0;
        for (uint address = 0; address < 2000; address++)
        {
            foreach (byte length in index.PrefixLengths(0, Ethertype.IPv4, address))
            {
                found += index.Find(0, Ethertype.IPv4, address, length)?.Groups.Length ?? 0;
            }
        }

        return found;
    }

    private static uint LastChange(MembershipIndex index, int network, Ethertype ethertype, UInt128 address) =>
        LatestChange.Find(latest: 9, stamp => index.IsUnchangedSince(stamp, network, ethertype, address));

    private static MemberChange Member(uint address, int group) => new(0, Ethertype.IPv4, address, 32, [group], true);

    private static MemberChange RandomMember(Random random)
    {
        Ethertype ethertype = (Ethertype)random.Next(2);
        int width = PrefixModel.WidthOf(ethertype);
        int length = random.Next(3) == 0 ? random.Next(6, width) : width;
        UInt128 bits = random.Next(3) == 0 ? PrefixModel.Address(random, ethertype) : (UInt128)0x0a000000 + (UInt128)(uint)random.Next(300);
        return new MemberChange(
            random.Next(3), ethertype, bits & PrefixModel.Mask(width, length), length, [.. Enumerable.Range(0, 4).Where(_ => random.Next(3) == 0)], true);
    }

    private static void AssertAgrees(MembershipIndex index, List<MemberChange> members, Random random)
    {
        for (int i = 0; i < 40; i++)
        {
            MemberChange near = members.Count > 0 && i % 2 == 0 ? members[random.Next(members.Count)] : RandomMember(random);
            Assert.Equal(Expected(members, near), Groups(index, near.Network, near.Ethertype, near.Bits));
        }
    }

    private static int[] Expected(List<MemberChange> members, MemberChange near)
    {
        int width = PrefixModel.WidthOf(near.Ethertype);
        return MembershipIndex.CanBeMember(near.Ethertype, near.Bits, width)
            ? [.. members.Where(member => member.Network == near.Network
                && MembershipIndex.CanBeMember(member.Ethertype, member.Bits, member.PrefixLength)
                && member.Ethertype == near.Ethertype
                && (near.Bits & PrefixModel.Mask(width, member.PrefixLength)) == member.Bits)
                .SelectMany(member => member.Groups).Distinct().Order()]
            : [];
    }

    private static int[] Groups(MembershipIndex index, int network, Ethertype ethertype, UInt128 address)
    {
        SortedSet<int> groups = [];
        foreach (byte length in index.PrefixLengths(network, ethertype, address))
        {
            groups.UnionWith(index.Find(network, ethertype, address, length)?.Groups.ToArray() ?? []);
        }

        return [.. groups];
    }
}
