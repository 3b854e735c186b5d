using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>How a firewall reads packets, tracks connections and tells the time. Per-NIC exceptions: <see cref="NicOptions"/>.</summary>
public sealed record FirewallOptions
{
    /// <summary>What packets begin with; no default.</summary>
    public required LinkType LinkType { get; init; }

    /// <summary>Connection tracking.</summary>
    public ConnectionTrackingOptions ConnectionTracking { get; init; } = new();

    /// <summary>Fragments.</summary>
    public FragmentOptions Fragments { get; init; } = new();

    /// <summary>Traffic let through or banned whatever the rules say; default <see cref="InfrastructureTraffic.Default"/>.</summary>
    public InfrastructureTraffic Infrastructure { get; init; } = InfrastructureTraffic.Default;

    /// <summary>Source addresses that no packet may carry; default <see cref="MartianSources.Default"/>.</summary>
    public MartianSources Martians { get; init; } = MartianSources.Default;

    /// <summary>Whether ingress packets must be addressed to the NIC, to broadcast or to multicast; default true.</summary>
    public bool CheckDestination { get; init; } = true;

    /// <summary>Whether IPv4, TCP, UDP and ICMP checksums are verified; default false, as hosts offload them.</summary>
    public bool VerifyChecksums { get; init; }

    /// <summary>Whether port 0 is accepted; default false.</summary>
    public bool AllowPortZero { get; init; }

    /// <summary>
    /// Whether source routes are accepted: IPv4's options (RFC 7126), IPv6's routing headers of types 3 and 4 with segments left (RFC 6554,
    /// RFC 8754); default false. Type 0 never is (RFC 5095).
    /// </summary>
    public bool AllowSourceRoute { get; init; }

    /// <summary>Ethertypes besides IPv4, IPv6 and ARP whose frames pass without a rule, 0x0600 to 0xFFFF; default none.</summary>
    public ImmutableArray<ushort> AllowedEthertypes { get; init; } = [];

    /// <summary>The clock; default <see cref="TimeProvider.System"/>. Not used when <see cref="CallerTimestamps"/> is set.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Whether the caller passes a timestamp with every call; the overloads without one then throw.</summary>
    public bool CallerTimestamps { get; init; }

    /// <summary>Events of connections and denials, for <see cref="Firewall.Events"/>; default null: none.</summary>
    public FirewallEventOptions? Events { get; init; }

    /// <summary>Bounds on what a policy may cost to compile.</summary>
    public PolicyLimits Limits { get; init; } = PolicyLimits.Default;
}
