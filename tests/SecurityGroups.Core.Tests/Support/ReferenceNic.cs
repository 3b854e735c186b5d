using System.Net.NetworkInformation;

namespace SecurityGroups.Tests.Support;

/// <summary>Questions about one NIC's addresses and options.</summary>
internal sealed class ReferenceNic(Nic nic, FirewallOptions options)
{
    public Nic Nic { get; } = nic;

    public LinkType LinkType => Nic.Options?.LinkType ?? options.LinkType;

    public InfrastructureTraffic Infrastructure => Nic.Options?.Infrastructure ?? options.Infrastructure;

    public PickUp PickUp => Nic.Options?.PickUp ?? options.ConnectionTracking.PickUp;

    public WindowCheck WindowCheck => Nic.Options?.WindowCheck ?? options.ConnectionTracking.WindowCheck;

    public IEnumerable<int> VlanIds => Nic.Options is { } own ? own.VlanIds : [];

    public ulong? Mac => Nic.Mac is { } mac ? OfMac(mac) : null;

    public bool Has(InfrastructureTraffic traffic) => (Infrastructure & traffic) != 0;

    /// <summary>Listed, allowed, or link-local by the rules of decisions.md. Without address checks everything is.</summary>
    public bool Owns(ReferenceAddress address) => !Nic.AddressChecks || OwnsStrictly(address);

    public bool OwnsStrictly(ReferenceAddress address) =>
        Nic.Addresses.Any(own => ReferenceAddress.Of(own.Address) == address)
        || Nic.AllowedAddresses.Any(address.IsIn)
        || IsOwnLinkLocal(address);

    public bool IsBroadcast(ReferenceAddress address) =>
        address.IsLimitedBroadcast || Nic.Addresses.Any(own => IsDirectedBroadcast(own, address));

    public bool IsOneToMany(ReferenceAddress address) => address.IsMulticast || IsBroadcast(address);

    private bool IsOwnLinkLocal(ReferenceAddress address)
    {
        bool listsLinkLocal = Nic.Addresses.Select(own => ReferenceAddress.Of(own.Address)).Any(own => own.Family == Ethertype.IPv6 && own.IsLinkLocal)
            || Nic.AllowedAddresses.Any(allowed => allowed.PrefixLength >= 10 && allowed.Text.StartsWith("fe", StringComparison.OrdinalIgnoreCase)
                && ReferenceAddress.Parse(allowed.Text.Split('/')[0]).IsLinkLocal);
        if (address.Family != Ethertype.IPv6 || !address.IsLinkLocal || listsLinkLocal)
        {
            return false;
        }

        return Nic.Mac is null || address == InterfaceAddress(Nic.Mac);
    }

    /// <summary>fe80:: and the modified EUI-64 of the MAC (RFC 4291, appendix A).</summary>
    private static ReferenceAddress InterfaceAddress(PhysicalAddress mac)
    {
        byte[] m = mac.GetAddressBytes();
        return ReferenceAddress.FromOctets([0xFE, 0x80, 0, 0, 0, 0, 0, 0, (byte)(m[0] ^ 2), m[1], m[2], 0xFF, 0xFE, m[3], m[4], m[5]]);
    }

    private static bool IsDirectedBroadcast(NicAddress own, ReferenceAddress address)
    {
        ReferenceAddress base4 = ReferenceAddress.Of(own.Address);
        if (base4.Family != Ethertype.IPv4 || address.Family != Ethertype.IPv4 || own.PrefixLength is not { } length || length > 30)
        {
            return false;
        }

        UInt128 hosts = (UInt128.One << (32 - length)) - 1;
        return address.Bits == (base4.Bits | hosts);
    }

    private static ulong OfMac(PhysicalAddress mac) => mac.GetAddressBytes().Aggregate(0ul, (bits, octet) => (bits << 8) | octet);
}
