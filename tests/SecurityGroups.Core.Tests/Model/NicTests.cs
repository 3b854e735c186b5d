using System.Net;
using FsCheck.Xunit;

namespace SecurityGroups.Tests.Model;

public sealed class NicTests
{
    [Fact]
    [Trait("Decisions", "Martian")]
    public void Addresses_IPv4MappedOrWithZone_ArePlain()
    {
        Nic nic = new("n") { Addresses = [IPAddress.Parse("fe80::1%3"), IPAddress.Parse("::ffff:10.0.0.1")] };

        Assert.Equal(["10.0.0.1", "fe80::1"], nic.Addresses.Select(address => address.ToString()));
        Assert.Equal([Ethertype.IPv4, Ethertype.IPv6], nic.Addresses.Select(address => address.Ethertype));
    }

    [Fact]
    public void Lists_DefaultValue_AreEmptyAndNullElementsAreRefused()
    {
        Nic nic = new("n") { Addresses = default, AllowedAddresses = default, SecurityGroups = default, Options = new() { VlanIds = default } };

        Assert.Equal(new Nic("n") { Options = new() }, nic);
        Assert.Equal("SecurityGroups", Assert.Throws<ArgumentException>(() => nic with { SecurityGroups = [null!] }).ParamName);
        Assert.Throws<ArgumentException>(() => nic with { Addresses = [null!] });
        Assert.Throws<ArgumentNullException>(() => new Nic(null!));
    }

    [Fact]
    public void Equals_EqualLists_AreTheSameNic()
    {
        static Nic Make() => new("n") { Addresses = [IPAddress.Loopback], AllowedAddresses = [Cidr.Parse("10.0.0.0/8")], SecurityGroups = ["a"], Options = new() { VlanIds = [1] } };

        Assert.Equal(Make(), Make());
        Assert.Equal(Make().GetHashCode(), Make().GetHashCode());
        Assert.NotEqual(Make(), Make() with { SecurityGroups = ["b"] });
        Assert.NotEqual(Make(), Make() with { Options = new() { VlanIds = [2] } });
    }

    [Theory]
    [InlineData("10.0.0.10", null)]
    [InlineData("10.0.0.10/24", 24)]
    [InlineData("2001:db8::10/64", 64)]
    public void NicAddress_Parse_KeepsThePrefixLength(string text, int? prefixLength)
    {
        NicAddress address = NicAddress.Parse(text);

        Assert.Equal(prefixLength, address.PrefixLength);
        Assert.Equal(text, address.ToString());
        Assert.Equal(address, new NicAddress(address.Address, prefixLength));
    }

    [Theory]
    [Trait("Semantics", "13")]
    [InlineData("")]
    [InlineData("10.0.0.010")]
    [InlineData("10.0.0.1/33")]
    [InlineData("fe80::1%eth0")]
    [InlineData("::ffff:10.0.0.1")]
    public void NicAddress_ParseAnythingElse_IsAFormatException(string text)
    {
        Assert.False(NicAddress.TryParse(text, out _));
        Assert.Throws<FormatException>(() => NicAddress.Parse(text));
    }

    [Fact]
    public void NicAddress_PrefixLengthOutOfRange_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new NicAddress(IPAddress.Loopback, 33));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NicAddress(IPAddress.Parse("::ffff:10.0.0.1"), 96));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NicAddress(IPAddress.IPv6Loopback, -1));
    }

    [Fact]
    [Trait("Semantics", "20")]
    [Trait("Semantics", "22")]
    public void MemberAddresses_OfANic_AreItsAddressesButNotWideOrSpecialOnes()
    {
        Nic nic = new("n")
        {
            Addresses = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fe80::1"), IPAddress.Parse("2001:db8::1")],
            AllowedAddresses =
            [
                Cidr.Parse("0.0.0.0/0"), Cidr.Parse("10.0.0.0/7"), Cidr.Parse("10.0.0.0/8"), Cidr.Parse("2000::/15"), Cidr.Parse("2001::/16"),
                Cidr.Parse("169.254.7.0/24"), Cidr.Parse("239.0.0.0/8"), Cidr.Parse("127.0.0.0/8"), Cidr.Parse("::1"), Cidr.Parse("ff02::/16"),
            ],
        };

        Assert.Equal(["10.0.0.1", "2001:db8::1", "10.0.0.0/8", "2001::/16"], MemberAddresses.Of(nic).Select(prefix => prefix.Text));
    }

    [Property]
    public void NicAddress_TryParseAnyText_NeverThrows(string? text) => Assert.Equal(NicAddress.TryParse(text, out NicAddress? address), address is not null);
}
