using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;

namespace SecurityGroups.Tests.Properties;

/// <summary>The small world of random scenarios: few addresses, ports and prefixes, so that everything collides.</summary>
internal static class Universe
{
    public const string StrangerMac = "02:00:00:00:00:99";

    public static readonly string[] NicIds = ["n0", "n1", "n2", "n3"];
    public static readonly string[] GroupIds = ["g0", "g1", "g2", "g3"];
    public static readonly string[] AddressGroupIds = ["a0", "a1"];
    public static readonly string[] OutsideIPv4 = ["203.0.113.7", "203.0.113.8", "198.51.100.1"];
    public static readonly string[] OutsideIPv6 = ["2001:db8:f::7", "2001:db8:f::8", "fe80::77"];

    public static readonly string[] PrefixesIPv4 =
        ["203.0.113.7", "203.0.113.0/29", "203.0.113.0/24", "192.0.0.0/4", "10.0.0.6", "10.0.0.77/24", "10.0.0.0/8", "10.0.8.0/21", "127.0.0.0/8", "224.0.0.0/3", "0.0.0.0/0"];

    public static readonly string[] PrefixesIPv6 =
        ["2001:db8:f::7", "2001:db8:f::/64", "2001:db8::/32", "2001:db8::6/127", "2001:db8::/64", "fe80::/10", "::1", "fe00::/7", "2000::/3", "::/0"];

    public static readonly int[] ServicePorts = [22, 53, 443];
    public static readonly int[] ClientPorts = [40_000, 40_001];

    public static string MacOf(string nicId) => $"fa:16:3e:00:00:0{nicId[1]}";

    /// <summary>The address of a NIC; each may move between two. n3 has those of n0, in another network.</summary>
    public static string AddressOf(string nicId, bool ipv6, int variant)
    {
        int host = ((nicId == "n3" ? 0 : nicId[1] - '0') * 2) + 4 + variant;
        return ipv6 ? $"2001:db8::{host}" : $"10.0.0.{host}";
    }

    public static ImmutableArray<NicAddress> Addresses(string nicId, Dice dice)
    {
        int variant = dice.Chance(90) ? 0 : 1;
        NicAddress ipv4 = new(IPAddress.Parse(AddressOf(nicId, false, variant)), dice.Chance(40) ? 24 : null);
        NicAddress ipv6 = IPAddress.Parse(AddressOf(nicId, true, variant));
        return dice.Weighted<ImmutableArray<NicAddress>>((90, [ipv4, ipv6]), (5, [ipv4]), (5, [ipv6]));
    }

    public static ImmutableArray<Cidr> AllowedAddresses(Dice dice) => dice.Weighted<ImmutableArray<Cidr>>(
        (50, []),
        (10, [Cidr.Parse("fe80::4/126")]),
        (15, [Cidr.Parse("10.0.9.0/24"), Cidr.Parse("2001:db8:9::/64")]),
        (15, [Cidr.Parse("203.0.113.0/29")]),
        (10, [Cidr.Parse("192.0.0.0/4"), Cidr.Parse("2000::/3")]));

    public static PhysicalAddress? Mac(string nicId, Dice dice) => dice.Chance(70) ? PhysicalAddress.Parse(MacOf(nicId)) : null;
}
