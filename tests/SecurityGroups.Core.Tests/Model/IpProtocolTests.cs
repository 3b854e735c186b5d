using System.Globalization;
using FsCheck.Xunit;

namespace SecurityGroups.Tests.Model;

public sealed class IpProtocolTests
{
    public static TheoryData<string, int> NamedProtocols => new()
    {
        { "ah", 51 }, { "dccp", 33 }, { "egp", 8 }, { "esp", 50 }, { "gre", 47 }, { "icmp", 1 }, { "igmp", 2 }, { "ipip", 4 }, { "ipv6-encap", 41 },
        { "ipv6-frag", 44 }, { "ipv6-icmp", 58 }, { "icmpv6", 58 }, { "ipv6-nonxt", 59 }, { "ipv6-opts", 60 }, { "ipv6-route", 43 }, { "ospf", 89 },
        { "pgm", 113 }, { "rsvp", 46 }, { "sctp", 132 }, { "tcp", 6 }, { "udp", 17 }, { "udplite", 136 }, { "vrrp", 112 },
    };

    [Theory]
    [Trait("Semantics", "4")]
    [MemberData(nameof(NamedProtocols))]
    public void Parse_Name_GivesItsNumberInAnyCase(string name, int number)
    {
        Assert.Equal(number, IpProtocol.Parse(name).Number);
        Assert.Equal(number, IpProtocol.Parse(name.ToUpperInvariant()).Number);
        Assert.Equal(IpProtocol.FromNumber((byte)number), IpProtocol.Parse(number.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(name == "icmpv6" ? "ipv6-icmp" : name, IpProtocol.FromNumber((byte)number).Name);
    }

    [Fact]
    [Trait("Semantics", "4")]
    public void StaticMembers_EveryNamedProtocol_IsThere()
    {
        IpProtocol[] members =
        [
            IpProtocol.Ah, IpProtocol.Dccp, IpProtocol.Egp, IpProtocol.Esp, IpProtocol.Gre, IpProtocol.Icmp, IpProtocol.Igmp, IpProtocol.IpIp,
            IpProtocol.IPv6Encapsulation, IpProtocol.IPv6Fragment, IpProtocol.IcmpV6, IpProtocol.IPv6NoNextHeader, IpProtocol.IPv6Options,
            IpProtocol.IPv6Route, IpProtocol.Ospf, IpProtocol.Pgm, IpProtocol.Rsvp, IpProtocol.Sctp, IpProtocol.Tcp, IpProtocol.Udp,
            IpProtocol.UdpLite, IpProtocol.Vrrp,
        ];

        Assert.Equal(Enumerable.Range(0, 256).Where(number => IpProtocol.FromNumber((byte)number).Name is not null), members.Select(member => (int)member.Number).Order());
    }

    [Theory]
    [Trait("Semantics", "4")]
    [InlineData("any")]
    [InlineData("ANY")]
    public void Parse_Any_IsEveryProtocol(string text)
    {
        Assert.Equal(IpProtocol.Any, IpProtocol.Parse(text));
        Assert.True(IpProtocol.Parse(text).IsAny);
        Assert.Throws<InvalidOperationException>(() => IpProtocol.Any.Number);
    }

    [Fact]
    [Trait("Semantics", "4")]
    public void Parse_Zero_IsTheLiteralZero()
    {
        Assert.Equal(0, IpProtocol.Parse("0").Number);
        Assert.False(IpProtocol.Parse("0").IsAny);
        Assert.NotEqual(default, IpProtocol.Parse("0"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP")]
    [InlineData("256")]
    [InlineData("-1")]
    [InlineData("06")]
    [InlineData("6 ")]
    [InlineData(" tcp")]
    [InlineData("6.0")]
    [InlineData("tcp\0")]
    public void Parse_AnythingElse_IsAFormatException(string text)
    {
        Assert.False(IpProtocol.TryParse(text, out IpProtocol protocol));
        Assert.True(protocol.IsUnspecified);
        Assert.Throws<FormatException>(() => IpProtocol.Parse(text));
    }

    [Fact]
    public void TryParse_Null_IsFalse()
    {
        Assert.False(IpProtocol.TryParse(null, out _));
        Assert.Throws<ArgumentNullException>(() => IpProtocol.Parse(null!));
    }

    [Property]
    public void Parse_WhatItWrites_IsTheSameProtocol(byte number) =>
        Assert.Equal(IpProtocol.FromNumber(number), IpProtocol.Parse(IpProtocol.FromNumber(number).ToString()));

    [Fact]
    [Trait("Semantics", "7")]
    public void HasPorts_FiveProtocols_AndNoOther() =>
        Assert.Equal([6, 17, 33, 132, 136], Enumerable.Range(0, 256).Where(number => IpProtocol.FromNumber((byte)number).HasPorts));

    [Fact]
    public void Default_IsNeitherAnyNorANumber()
    {
        Assert.True(default(IpProtocol).IsUnspecified);
        Assert.False(default(IpProtocol).IsAny);
        Assert.Null(default(IpProtocol).Name);
        Assert.Equal("", default(IpProtocol).ToString());
        Assert.Throws<InvalidOperationException>(() => default(IpProtocol).Number);
    }
}
