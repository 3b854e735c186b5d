using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>Exceptions of one NIC from <see cref="FirewallOptions"/>; null = as the firewall says.</summary>
public sealed record NicOptions
{
    /// <summary>What this NIC's packets begin with.</summary>
    public LinkType? LinkType { get; init; }

    /// <summary>Infrastructure traffic.</summary>
    public InfrastructureTraffic? Infrastructure { get; init; }

    /// <summary>TCP sequence window check.</summary>
    public WindowCheck? WindowCheck { get; init; }

    /// <summary>TCP pick-up.</summary>
    public PickUp? PickUp { get; init; }

    /// <summary>
    /// Most connections of this NIC, at least 1; null = no quota. At its quota a newcomer takes the place of one of this NIC's that is worth less, or is denied
    /// with <see cref="Reason.NicQuota"/>; half-open and unreplied ones have the firewall's percentages of it.
    /// </summary>
    public int? MaxConnections { get; init; }

    /// <summary>VLAN ids (1 to 4094) whose tagged frames are accepted; empty = untagged only.</summary>
    public ImmutableArray<int> VlanIds
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    /// <inheritdoc/>
    public bool Equals(NicOptions? other) =>
        other is not null && LinkType == other.LinkType && Infrastructure == other.Infrastructure && WindowCheck == other.WindowCheck
        && PickUp == other.PickUp && MaxConnections == other.MaxConnections && VlanIds.AsSpan().SequenceEqual(other.VlanIds.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(LinkType, Infrastructure, WindowCheck, PickUp, MaxConnections, VlanIds.Length);
}
