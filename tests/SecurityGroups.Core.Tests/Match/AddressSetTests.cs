using FsCheck.Xunit;
using SecurityGroups.Compile;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class AddressSetTests
{
    [Property(MaxTest = 200)]
    public void Contains_AnyPrefixes_AgreesWithLookingAtEach(int seed)
    {
        Random random = new(seed);
        Prefix[] prefixes = [.. Enumerable.Range(0, random.Next(30)).Select(_ => PrefixModel.Prefix(random, (Ethertype)random.Next(2)))];
        AddressSet set = AddressSetCompiler.Compile(prefixes.Select(prefix => (prefix.Ethertype, prefix.Bits, prefix.Length)));
        foreach (Ethertype ethertype in Enum.GetValues<Ethertype>())
        {
            Prefix[] family = [.. prefixes.Where(prefix => prefix.Ethertype == ethertype)];
            Assert.Equal(family.Length == 0, set.IsEmpty(ethertype));
            foreach (UInt128 address in PrefixModel.Probes(family, random, ethertype))
            {
                Assert.Equal(family.Any(prefix => prefix.Covers(address)), set.Contains(ethertype, address));
            }
        }
    }

    [Fact]
    public void Empty_Contains_Nothing()
    {
        Assert.True(AddressSet.Empty.IsEmpty(Ethertype.IPv4) && AddressSet.Empty.IsEmpty(Ethertype.IPv6));
        Assert.False(AddressSet.Empty.Contains(Ethertype.IPv4, 0));
    }
}
