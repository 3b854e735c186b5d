namespace SecurityGroups;

/// <summary>
/// Which addresses of a NIC count when its group is a remote: never link-local, multicast or loopback ones, and no allowed prefix so short
/// that it would open every rule that names the group to a large part of the world (Neutron bug 1867119).
/// </summary>
internal static class MemberAddresses
{
    /// <summary>The shortest prefix that may be a member, IPv4.</summary>
    public const int ShortestIPv4 = 8;

    /// <summary>The shortest prefix that may be a member, IPv6.</summary>
    public const int ShortestIPv6 = 16;

    private static readonly Cidr[] s_never =
    [
        Cidr.Parse("169.254.0.0/16"), Cidr.Parse("224.0.0.0/4"), Cidr.Parse("127.0.0.0/8"),
        Cidr.Parse("fe80::/10"), Cidr.Parse("ff00::/8"), Cidr.Parse("::1/128"),
    ];

    /// <summary>Whether the prefix is too short to be a member.</summary>
    public static bool IsTooShort(Cidr prefix) => prefix.PrefixLength < (prefix.Ethertype == Ethertype.IPv4 ? ShortestIPv4 : ShortestIPv6);

    /// <summary>Whether the prefix lies in link-local, multicast or loopback space.</summary>
    public static bool IsNever(Cidr prefix) => Array.Exists(s_never, never => never.Contains(prefix));

    /// <summary>The prefixes a NIC brings into the groups it is attached to.</summary>
    public static IEnumerable<Cidr> Of(Nic nic) =>
        nic.Addresses.Select(address => Cidr.FromAddress(address.Address)).Concat(nic.AllowedAddresses)
            .Where(prefix => !IsTooShort(prefix) && !IsNever(prefix));
}
