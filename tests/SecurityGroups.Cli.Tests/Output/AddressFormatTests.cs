using System.Net;
using FsCheck.Xunit;
using SecurityGroups.Cli.Output;

namespace SecurityGroups.Tests.Output;

public sealed class AddressFormatTests
{
    [Theory]
    [InlineData("2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("fe80:0:0:0:0:0:0:0", "fe80::")]
    [InlineData("::ffff:1.2.3.4", "::ffff:102:304")]
    [InlineData("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789")]
    public void IPv6_Text_IsThatOfRfc5952(string address, string text) =>
        Assert.Equal(text, AddressFormat.ToText(AddressBits.From(IPAddress.Parse(address)), isIPv6: true));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.10")]
    [InlineData("255.255.255.255")]
    public void IPv4_Text_IsDottedDecimal(string address) =>
        Assert.Equal(address, AddressFormat.ToText(AddressBits.From(IPAddress.Parse(address)), isIPv6: false));

    [Property]
    public bool IPv6_AnyAddress_ParsesBack(ushort[] groups)
    {
        UInt128 bits = groups.Take(8).Aggregate(UInt128.Zero, (sum, group) => (sum << 16) | group);
        string text = AddressFormat.ToText(bits, isIPv6: true);
        return AddressBits.From(IPAddress.Parse(text)) == bits && text.Length <= AddressFormat.MaxLength;
    }
}
