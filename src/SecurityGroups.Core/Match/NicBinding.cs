using System.Collections.Immutable;

namespace SecurityGroups.Match;

/// <summary>
/// One NIC as one ruleset sees it: everything a packet needs to know of it besides the rules. Immutable; shared by rulesets while the NIC
/// does not change. The rules are behind <see cref="FormSlot"/>, so that a rule change touches no NIC.
/// </summary>
internal sealed record NicBinding
{
    private const int VlanIdBits = 12;
    private const uint VlanIdMask = (1 << VlanIdBits) - 1;

    public required string Id { get; init; }

    /// <summary>Identity of this incarnation of the NIC: handles of an earlier one no longer match.</summary>
    public required object Incarnation { get; init; }

    /// <summary>Place in <see cref="Ruleset.Nics"/>.</summary>
    public required int Slot { get; init; }

    /// <summary>Place of its compiled rules in <see cref="Ruleset.Forms"/>; -1 when security is off.</summary>
    public required int FormSlot { get; init; }

    /// <summary>Tracking zone: a new one makes the NIC forget its connections.</summary>
    public required uint Zone { get; init; }

    /// <summary>Generation in which anything about this NIC last changed.</summary>
    public required uint ChangedAt { get; init; }

    /// <summary>Number of its network, the first half of a membership key.</summary>
    public required int Network { get; init; }

    /// <summary>Security on; false = every packet passes unread.</summary>
    public required bool SecurityOn { get; init; }

    /// <summary>Whether its groups are stateful.</summary>
    public required bool Stateful { get; init; }

    /// <summary>What the NIC may send from and is addressed by; null = addresses are not checked.</summary>
    public required AddressSet? Owned { get; init; }

    /// <summary>Directed broadcast addresses of its networks, IPv4.</summary>
    public required ImmutableArray<UInt128> Broadcasts { get; init; }

    /// <summary>Hardware address in the low 48 bits; 0 = not checked.</summary>
    public required ulong Mac { get; init; }

    /// <summary>Accepted VLAN ids.</summary>
    public required ImmutableArray<uint> VlanIds { get; init; }

    public required LinkType LinkType { get; init; }

    public required InfrastructureTraffic Infrastructure { get; init; }

    public required TrackingModes Tracking { get; init; }

    /// <summary>Whether an address is the NIC's own; always when addresses are not checked.</summary>
    public bool Owns(UInt128 address, Ethertype ethertype) => Owned is null || Owned.Contains(ethertype, address);

    /// <summary>The same for IPv4.</summary>
    public bool OwnsV4(uint address) => Owned is null || Owned.ContainsV4(address);

    /// <summary>Whether every tag of the frame is one that the NIC lists.</summary>
    public bool AcceptsVlans(uint vlanIds) => AcceptsVlan(vlanIds & VlanIdMask) && AcceptsVlan(vlanIds >> VlanIdBits);

    private bool AcceptsVlan(uint vlanId) => vlanId == 0 || VlanIds.Contains(vlanId);
}
