using System.Collections.Immutable;
using System.Net.NetworkInformation;
using SecurityGroups.Guard;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>What of a NIC does not depend on other objects of the policy: its own addresses and modes.</summary>
internal sealed class NicCompiler(FirewallOptions options)
{
    private const int LinkLocalPrefixLength = 10;
    private static readonly UInt128 s_linkLocalPrefix = (UInt128)0xFE80 << 112;

    public LinkType LinkType(Nic nic) => nic.Options?.LinkType ?? options.LinkType;

    public InfrastructureTraffic Infrastructure(Nic nic) => nic.Options?.Infrastructure ?? options.Infrastructure;

    public TrackingModes Tracking(Nic nic)
    {
        ConnectionTrackingOptions tracking = options.ConnectionTracking;
        return new TrackingModes(
            tracking.EstablishedConnections,
            nic.Options?.PickUp ?? tracking.PickUp,
            nic.Options?.WindowCheck ?? tracking.WindowCheck,
            tracking.RefreshOnEgressOnly,
            nic.Options?.MaxConnections ?? 0);
    }

    public static ulong Mac(Nic nic) => nic.Mac is null ? 0 : MacBits(nic.Mac);

    public static ImmutableArray<uint> VlanIds(Nic nic) => nic.Options is { } nicOptions ? [.. nicOptions.VlanIds.Select(id => (uint)id)] : [];

    /// <summary>Directed broadcast addresses; a /31 or /32 has none (RFC 3021).</summary>
    public static ImmutableArray<UInt128> Broadcasts(Nic nic) =>
    [
        .. from address in nic.Addresses
           where address.Ethertype == Ethertype.IPv4 && address.PrefixLength is > 0 and < 31
           select (UInt128)((uint)AddressBits.From(address.Address) | (uint.MaxValue >> address.PrefixLength.GetValueOrDefault())),
    ];

    /// <summary>Fixed addresses, allowed addresses, and link-local: those listed, else the EUI-64 of the MAC, else the whole of fe80::/10.</summary>
    public static AddressSet Owned(Nic nic)
    {
        List<Cidr> owned = [.. nic.Addresses.Select(address => Cidr.FromAddress(address.Address)), .. nic.AllowedAddresses];
        if (!owned.Any(IsLinkLocal))
        {
            owned.Add(nic.Mac is null
                ? new Cidr(Ethertype.IPv6, s_linkLocalPrefix, LinkLocalPrefixLength, "")
                : new Cidr(Ethertype.IPv6, s_linkLocalPrefix | Eui64(MacBits(nic.Mac)), 128, ""));
        }

        return AddressSetCompiler.Compile(owned.Select(prefix => (prefix.Ethertype, prefix.Bits, prefix.PrefixLength)));
    }

    private static bool IsLinkLocal(Cidr prefix) =>
        prefix.Ethertype == Ethertype.IPv6 && prefix.PrefixLength >= LinkLocalPrefixLength && SpecialAddresses.IsLinkLocalV6(prefix.Bits);

    // RFC 4291 appendix A: the MAC with ff:fe in the middle and the universal bit inverted.
    private static ulong Eui64(ulong mac) => (((mac >> 24) << 40) | 0xFF_FE00_0000 | (mac & 0xFF_FFFF)) ^ 0x0200_0000_0000_0000;

    private static ulong MacBits(PhysicalAddress mac) => mac.GetAddressBytes().Aggregate(0UL, (bits, octet) => (bits << 8) | octet);
}
