using System.Collections.Immutable;
using System.Net.NetworkInformation;

namespace SecurityGroups;

/// <summary>
/// A virtual network interface that groups attach to. Immutable; change it with <c>with</c>. Equal when everything it states is equal, lists in
/// the same order.
/// </summary>
/// <param name="Id">Unique among the NICs of a policy, 1 to 255 characters.</param>
public sealed record Nic(string Id)
{
    /// <summary>The network a NIC belongs to unless it names another.</summary>
    public const string DefaultNetworkId = "";

    /// <summary>Unique among the NICs of a policy, 1 to 255 characters.</summary>
    public string Id { get; init => field = Checked.Text(value); } = Checked.Text(Id);

    /// <summary>For people; the id unless given.</summary>
    public string Name { get; init => field = Checked.Text(value); } = Id;

    /// <summary>The network: remote groups mean members of the same network.</summary>
    public string NetworkId { get; init => field = Checked.Text(value); } = DefaultNetworkId;

    /// <summary>Fixed addresses, IPv4 before IPv6.</summary>
    public ImmutableArray<NicAddress> Addresses
    {
        get;
        init => field = [.. Checked.List(value).OrderBy(address => address.Ethertype)];
    } = [];

    /// <summary>Further addresses and prefixes that the NIC may send from.</summary>
    public ImmutableArray<Cidr> AllowedAddresses { get; init => field = Checked.List(value); } = [];

    /// <summary>Hardware address, six octets, neither zero nor a group's; null = not checked.</summary>
    public PhysicalAddress? Mac { get; init; }

    /// <summary>Ids of the attached groups; order does not matter.</summary>
    public ImmutableArray<string> SecurityGroups { get; init => field = Checked.List(value); } = [];

    /// <summary>Whether packets are filtered at all; default true.</summary>
    public bool NicSecurity { get; init; } = true;

    /// <summary>Whether addresses of packets are checked against the NIC's own; default true.</summary>
    public bool AddressChecks { get; init; } = true;

    /// <summary>Exceptions from the firewall's options; null = none.</summary>
    public NicOptions? Options { get; init; }

    /// <inheritdoc/>
    public bool Equals(Nic? other) =>
        other is not null && (Id, Name, NetworkId, NicSecurity, AddressChecks) == (other.Id, other.Name, other.NetworkId, other.NicSecurity, other.AddressChecks)
        && Equals(Mac, other.Mac) && Options == other.Options
        && Addresses.AsSpan().SequenceEqual(other.Addresses.AsSpan())
        && AllowedAddresses.AsSpan().SequenceEqual(other.AllowedAddresses.AsSpan())
        && SecurityGroups.AsSpan().SequenceEqual(other.SecurityGroups.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Name, NetworkId, Mac, Addresses.Length, SecurityGroups.Length);

    /// <summary>The id and the addresses.</summary>
    public override string ToString() => Addresses.IsEmpty ? Id : $"{Id} ({string.Join(", ", Addresses)})";
}
