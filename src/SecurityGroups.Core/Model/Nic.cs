using System.Collections.Immutable;
using System.Net.NetworkInformation;

namespace SecurityGroups;

/// <summary>A virtual network interface that groups attach to. Immutable; change it with <c>with</c>.</summary>
/// <param name="Id">Unique among the NICs of a policy, 1 to 255 characters.</param>
public sealed record Nic(string Id)
{
    /// <summary>The network a NIC belongs to unless it names another.</summary>
    public const string DefaultNetworkId = "";

    /// <summary>For people; the id unless given.</summary>
    public string Name { get; init; } = Id;

    /// <summary>The network: remote groups mean members of the same network.</summary>
    public string NetworkId { get; init; } = DefaultNetworkId;

    /// <summary>Fixed addresses.</summary>
    public ImmutableArray<NicAddress> Addresses { get; init; } = [];

    /// <summary>Further addresses and prefixes that the NIC may send from.</summary>
    public ImmutableArray<Cidr> AllowedAddresses { get; init; } = [];

    /// <summary>Hardware address; null = not checked.</summary>
    public PhysicalAddress? Mac { get; init; }

    /// <summary>Ids of the attached groups; order does not matter.</summary>
    public ImmutableArray<string> SecurityGroups { get; init; } = [];

    /// <summary>Whether packets are filtered at all; default true.</summary>
    public bool NicSecurity { get; init; } = true;

    /// <summary>Whether addresses of packets are checked against the NIC's own; default true.</summary>
    public bool AddressChecks { get; init; } = true;

    /// <summary>Exceptions from the firewall's options; null = none.</summary>
    public NicOptions? Options { get; init; }
}
