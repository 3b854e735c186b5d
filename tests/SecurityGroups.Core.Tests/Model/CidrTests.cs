using System.Globalization;
using System.Net;
using FsCheck.Xunit;

namespace SecurityGroups.Tests.Model;

public sealed class CidrTests
{
    [Theory]
    [Trait("Semantics", "12")]
    [InlineData("192.168.1.77/24", "192.168.1.0/24")]
    [InlineData("192.168.1.77", "192.168.1.77/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("255.255.255.255/1", "128.0.0.0/1")]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    [InlineData("2001:DB8:ffff::1/33", "2001:db8:8000::/33")]
    [InlineData("ff::ff/0", "::/0")]
    [InlineData("1:2:3:4:5:6:7:8/127", "1:2:3:4:5:6:7:8/127")]
    [InlineData("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304/128")]
    [InlineData("64:ff9b::10.0.0.1/120", "64:ff9b::a00:0/120")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0/128")]
    [InlineData("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8/128")]
    [InlineData("::/128", "::/128")]
    public void Parse_StrictText_MasksHostBitsAndKeepsTheText(string text, string normalized)
    {
        Cidr cidr = Cidr.Parse(text);

        Assert.Equal(text, cidr.ToString());
        Assert.Equal(IPNetwork.Parse(normalized).ToString(), cidr.NormalizedText);
    }

    [Fact]
    [Trait("Scenario", "S17")]
    public void Parse_PrefixWithHostBits_EqualsTheMaskedOne()
    {
        Assert.Equal(Cidr.Parse("192.168.1.0/24"), Cidr.Parse("192.168.1.77/24"));
        Assert.Equal(Cidr.Parse("192.168.1.0/24").GetHashCode(), Cidr.Parse("192.168.1.77/24").GetHashCode());
        Assert.True(Cidr.Parse("192.168.1.77/24").Contains(Cidr.Parse("192.168.1.200")));
        Assert.False(Cidr.Parse("192.168.1.77/24").Contains(Cidr.Parse("192.168.2.0")));
        Assert.False(Cidr.Parse("192.168.1.77/24").Contains(Cidr.Parse("192.168.0.0/16")));
        Assert.False(Cidr.Parse("0.0.0.0/0").Contains(Cidr.Parse("::/128")));
    }

    [Theory]
    [Trait("Semantics", "13")]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/24")]
    [InlineData("10/8")]
    [InlineData("10.0/8")]
    [InlineData("10.0.0/8")]
    [InlineData("10.0.0.0.0/8")]
    [InlineData("010.0.0.0/8")]
    [InlineData("10.00.0.0/8")]
    [InlineData("0x0a.0.0.0/8")]
    [InlineData("167772160")]
    [InlineData("256.0.0.0/8")]
    [InlineData("10.0.0.-1/8")]
    [InlineData("+10.0.0.1/8")]
    [InlineData("10.0.0.1/33")]
    [InlineData("10.0.0.1/08")]
    [InlineData("10.0.0.1/00")]
    [InlineData("10.0.0.1/+8")]
    [InlineData("10.0.0.1/-1")]
    [InlineData("10.0.0.1/")]
    [InlineData("10.0.0.1/8/8")]
    [InlineData("10.0.0.1/255.0.0.0")]
    [InlineData("10.0.0.1/99999999999")]
    [InlineData(" 10.0.0.1/8")]
    [InlineData("10.0.0.1/8 ")]
    [InlineData("10.0.0.1 /8")]
    [InlineData("10.0.0.1\0")]
    [InlineData("10.0.0.1/8\0")]
    [InlineData("10..0.1/8")]
    [InlineData(".10.0.0.1")]
    [InlineData("10.0.0.1.")]
    [InlineData("١٠.0.0.1")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("fe80::1%1")]
    [InlineData("[::1]")]
    [InlineData("[::1]/128")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("::1::")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("::1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4::5:6:7:8")]
    [InlineData(":1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4:5:6:7:8:")]
    [InlineData(":1::")]
    [InlineData("::1:")]
    [InlineData("12345::")]
    [InlineData("00001::")]
    [InlineData("g::")]
    [InlineData("::1\0")]
    [InlineData("::1/129")]
    [InlineData("::1/064")]
    [InlineData("1.2.3.4::")]
    [InlineData("::1.2.3.4:5")]
    [InlineData("::1.2.3")]
    [InlineData("::01.2.3.4")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("::ffff:10.0.0.256")]
    [InlineData("default")]
    public void Parse_AnythingElse_IsAFormatException(string text)
    {
        Assert.False(Cidr.TryParse(text, out Cidr? cidr));
        Assert.Null(cidr);
        Assert.False(Cidr.TryParse(text.AsSpan(), out _));
        Assert.Throws<FormatException>(() => Cidr.Parse(text));
    }

    [Fact]
    public void Parse_Null_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => Cidr.Parse((string)null!));
        Assert.False(Cidr.TryParse((string?)null, out _));
    }

    [Fact]
    public void Parse_AsSpanParsable_DoesTheSame()
    {
        static T Generic<T>(string text)
            where T : ISpanParsable<T> => T.TryParse(text.AsSpan(), CultureInfo.InvariantCulture, out T? value) ? value : T.Parse(text, null);

        Assert.Equal(Cidr.Parse("10.0.0.0/8"), Generic<Cidr>("10.0.0.0/8"));
        Assert.Throws<FormatException>(() => Generic<Cidr>("10/8"));
    }

    [Theory]
    [InlineData("10/8", "all four octets")]
    [InlineData("010.0.0.0/8", "without leading zeros")]
    [InlineData("fe80::1%eth0/64", "zone id")]
    [InlineData("10.0.0.0/33", "0 to 32")]
    [InlineData("2001:db8::/129", "0 to 128")]
    public void Parse_ClassicSlip_SaysTheFix(string text, string hint) =>
        Assert.Contains(hint, Assert.Throws<FormatException>(() => Cidr.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    [Trait("Semantics", "14")]
    public void Parse_IPv4MappedText_StaysIPv6()
    {
        Cidr cidr = Cidr.Parse("::ffff:10.0.0.0/104");

        Assert.Equal(Ethertype.IPv6, cidr.Ethertype);
        Assert.NotEqual(Cidr.Parse("10.0.0.0/8"), cidr);
    }

    [Fact]
    [Trait("Decisions", "Martian")]
    public void FromAddress_IPv4Mapped_IsUnmapped()
    {
        Assert.Equal(Cidr.Parse("10.0.0.1/32"), Cidr.FromAddress(IPAddress.Parse("::ffff:10.0.0.1")));
        Assert.Equal(Cidr.Parse("10.0.0.0/8"), Cidr.FromNetwork(IPNetwork.Parse("::ffff:10.0.0.0/104")));
        Assert.Equal(Cidr.Parse("fe80::1"), Cidr.FromAddress(IPAddress.Parse("fe80::1%7")));
    }

    [Fact]
    [Trait("Semantics", "13")]
    public void FromNetwork_Default_IsRefused()
    {
        Assert.Equal("network", Assert.Throws<ArgumentException>(() => Cidr.FromNetwork(default)).ParamName);
        Assert.Throws<ArgumentException>(() => Cidr.FromNetwork(IPNetwork.Parse("0.0.0.0/0")));
        Assert.Throws<ArgumentException>(() => Cidr.FromNetwork(IPNetwork.Parse("::ffff:0.0.0.0/96")));
        Assert.Equal(Cidr.Parse("::/0"), Cidr.FromNetwork(IPNetwork.Parse("::/0")));
    }

    [Property(MaxTest = 500)]
    public void Parse_WhatSystemNetWrites_GivesTheSameBits(ulong high, ulong low, byte sparse, byte length)
    {
        // Zero groups make the "::" forms common.
        UInt128 bits = new(high, low);
        for (int group = 0; group < 8; group++)
        {
            bits = (sparse >> group & 1) == 0 ? bits : bits & ~((UInt128)0xFFFF << (16 * group));
        }

        Check(AddressBits.ToIPAddress(bits, Ethertype.IPv6), bits, length % 129, 128);
        Check(AddressBits.ToIPAddress(bits & uint.MaxValue, Ethertype.IPv4), bits & uint.MaxValue, length % 33, 32);
    }

    private static void Check(IPAddress address, UInt128 bits, int prefixLength, int width)
    {
        Cidr cidr = Cidr.Parse($"{address}/{prefixLength}");

        // The slow model: clear host bits one by one.
        for (int bit = 0; bit < width - prefixLength; bit++)
        {
            bits &= ~(UInt128.One << bit);
        }

        Assert.Equal(bits, cidr.Bits);
        Assert.Equal(width == 32 ? Ethertype.IPv4 : Ethertype.IPv6, cidr.Ethertype);
        Assert.Equal(cidr, Cidr.Parse(cidr.NormalizedText));
    }

    [Property(MaxTest = 1000)]
    public void TryParse_TextOfAddressLetters_AcceptsOnlyWhatSystemNetReadsAlike(int seed)
    {
        Random random = new(seed);
        string text = new([.. Enumerable.Range(0, random.Next(1, 14)).Select(_ => "0123af:::..1"[random.Next(12)])]);

        if (Cidr.TryParse(text, out Cidr? cidr))
        {
            Assert.Equal(IPAddress.Parse(text), AddressBits.ToIPAddress(cidr.Bits, cidr.Ethertype));
        }
        else if (IPAddress.TryParse(text, out IPAddress? lax))
        {
            // What only System.Net reads is a shorthand or has leading zeros: IPv4, or a quad inside IPv6.
            Assert.True(!text.Contains(':', StringComparison.Ordinal) || text.Contains('.', StringComparison.Ordinal), $"{text} is {lax}");
        }
    }

    [Property]
    public void TryParse_AnyText_NeverThrows(string? text) => Assert.Equal(Cidr.TryParse(text, out Cidr? cidr), cidr is not null);
}
