using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public class ConnectionEntryTests
{
    [Fact]
    public void Halves_AreThoseOfTheStateWord()
    {
        ConnectionEntry entry = new() { StateWord = 0x11223344_55667788 };
        Assert.Equal((0x55667788u, 0x11223344u), (entry.LowTime, entry.HighState));
    }

    [Fact]
    public void HasKey_EveryMemberOfTheKey_Counts()
    {
        FlowKey key = new(1, 2, 3, 4, 5, Ethertype.IPv4, 6, 17);
        FlowKey[] others =
        [
            new(9, 2, 3, 4, 5, Ethertype.IPv4, 6, 17), new(1, 9, 3, 4, 5, Ethertype.IPv4, 6, 17), new(1, 2, 9, 4, 5, Ethertype.IPv4, 6, 17),
            new(1, 2, 3, 9, 5, Ethertype.IPv4, 6, 17), new(1, 2, 3, 4, 9, Ethertype.IPv4, 6, 17), new(1, 2, 3, 4, 5, Ethertype.IPv6, 6, 17),
            new(1, 2, 3, 4, 5, Ethertype.IPv4, 9, 17), new(1, 2, 3, 4, 5, Ethertype.IPv4, 6, 9),
        ];
        ConnectionEntry entry = new(key);
        Assert.Equal((5u, false), (entry.Zone, entry.IsIPv6));
        Assert.True(entry.HasKey(key));
        Assert.All(others, other => Assert.False(entry.HasKey(other)));
    }
}
