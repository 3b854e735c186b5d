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

    /// <summary>Packets by NIC.</summary>
    public required ImmutableArray<NicStatistics> Nics { get; init; }
}
