using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>Figures of a firewall at one moment. A copy: it does not change.</summary>
public sealed record FirewallStatistics
{
    /// <summary>Number of the ruleset in force.</summary>
    public required long Generation { get; init; }

    /// <summary>Slots of the connection table in use; expired connections count until their slot is reclaimed.</summary>
    public required int Connections { get; init; }

    /// <summary>Slots of the connection table.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Fragmented datagrams under way; expired ones count until their entry is reclaimed.</summary>
    public required int FragmentedDatagrams { get; init; }

    /// <summary>TCP connections among them whose handshake is not complete; <see cref="ConnectionTrackingOptions.HalfOpenPercentage"/> caps them.</summary>
    public required int HalfOpen { get; init; }

    /// <summary>Connections among them that are one datagram or one exchange; <see cref="ConnectionTrackingOptions.UnrepliedPercentage"/> caps them.</summary>
    public required int Unreplied { get; init; }

    /// <summary>Connections that had to make room for others, since the firewall was made.</summary>
    public required long Evicted { get; init; }

    /// <summary>How often the table became 95 % full, after it was less than 90 % full, since the firewall was made.</summary>
    public required long PressureEvents { get; init; }

    /// <summary>Packets by NIC.</summary>
    public required ImmutableArray<NicStatistics> Nics { get; init; }
}
