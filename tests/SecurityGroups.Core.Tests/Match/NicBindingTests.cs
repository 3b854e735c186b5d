using SecurityGroups.Compile;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class NicBindingTests
{
    [Theory]
    [InlineData(0u, true)]
    [InlineData(7u, true)]
    [InlineData(9u, true)]
    [InlineData(8u, false)]
    [InlineData((7u << 12) | 9, true)]
    [InlineData((9u << 12) | 7, true)]
    [InlineData((7u << 12) | 8, false)]
    [InlineData((8u << 12) | 7, false)]
    [InlineData(7u << 12, true)]
    [InlineData(8u << 12, false)]
    public void AcceptsVlans_EveryTag_IsListed(uint vlanIds, bool isAccepted) => Assert.Equal(isAccepted, (Nic() with { VlanIds = [7, 9] }).AcceptsVlans(vlanIds));

    [Fact]
    public void AcceptsVlans_WithoutAList_IsUntaggedOnly()
    {
        Assert.True(Nic().AcceptsVlans(0));
        Assert.False(Nic().AcceptsVlans(1));
    }

    [Fact]
    public void Owns_ItsAddresses_OrAnyWhenTheyAreNotChecked()
    {
        Assert.True(Nic().Owns(5, Ethertype.IPv4) && Nic().Owns(5, Ethertype.IPv6));
        NicBinding owner = Nic() with { Owned = AddressSetCompiler.Compile([(Ethertype.IPv4, (UInt128)0x0A000005, 32)]) };
        Assert.True(owner.Owns(0x0A000005, Ethertype.IPv4));
        Assert.False(owner.Owns(0x0A000006, Ethertype.IPv4) || owner.Owns(0x0A000005, Ethertype.IPv6));
    }

    /// <summary>A NIC in which nothing is checked.</summary>
    internal static NicBinding Nic() => new()
    {
        Id = "nic",
        Incarnation = new object(),
        Slot = 0,
        FormSlot = 0,
        Zone = 1,
        ChangedAt = 1,
        Network = 0,
        SecurityOn = true,
        Stateful = true,
        Owned = null,
        Broadcasts = [],
        Mac = 0,
        VlanIds = [],
        LinkType = LinkType.RawIp,
        Infrastructure = default,
        Tracking = default,
    };
}
