using System.Collections.Immutable;

namespace SecurityGroups.Cli.Replay;

/// <summary>Which NICs judge.</summary>
internal sealed record View
{
    /// <summary>Every NIC that a packet concerns.</summary>
    public static View Everything { get; } = new();

    /// <summary>Ids of the only NICs that judge; empty = all.</summary>
    public ImmutableHashSet<string> Only { get; init; } = [];

    /// <summary>The NIC that every packet is taken to leave; null = found by its addresses.</summary>
    public string? EgressNic { get; init; }

    /// <summary>The NIC that every packet is taken to go to; null = found by its addresses.</summary>
    public string? IngressNic { get; init; }

    /// <summary>Whether the addresses of packets do not matter. A forced view is the whole view: a side that is not forced is not judged.</summary>
    public bool IsForced => EgressNic is not null || IngressNic is not null;

    /// <summary>Every NIC that is named.</summary>
    public IEnumerable<string> NamedNics => [.. Only, .. new[] { EgressNic, IngressNic }.OfType<string>()];
}
