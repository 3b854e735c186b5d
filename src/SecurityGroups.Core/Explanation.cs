using System.Collections.Immutable;
using System.Text;

namespace SecurityGroups;

/// <summary>How a decision comes about: the stage that decides, the rules that match, and those that nearly do.</summary>
public sealed record Explanation
{
    /// <summary>The NIC.</summary>
    public required string NicId { get; init; }

    /// <summary>Which way the packet travels.</summary>
    public required Direction Direction { get; init; }

    /// <summary>The packet in a few words: protocol and both ends, as far as they could be read.</summary>
    public required string Packet { get; init; }

    /// <summary>What <c>Filter</c> would decide now.</summary>
    public required Decision Decision { get; init; }

    /// <summary>Where it is decided.</summary>
    public required Stage Stage { get; init; }

    /// <summary>
    /// Rules of the NIC's groups that match the packet, whether or not they come to be asked; of a later fragment the one that admitted its
    /// first.
    /// </summary>
    public ImmutableArray<RuleReference> MatchedRules { get; init; } = [];

    /// <summary>Rules that match but for one thing.</summary>
    public ImmutableArray<NearMiss> NearMisses { get; init; } = [];

    /// <summary>The tracked connection the packet belongs to; null when there is none.</summary>
    public ConnectionInfo? Connection { get; init; }

    /// <summary>Several lines for people.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(Packet).Append(", ").Append(Direction.ToString().ToLowerInvariant()).Append(" at ").Append(NicId).Append('\n');
        text.Append(Decision.Verdict).Append(": ").Append(Decision.Reason).Append(" (").Append(Stage).Append(')');
        if (Connection is { } connection)
        {
            text.Append("\nconnection: ").Append(connection);
        }

        foreach (RuleReference rule in MatchedRules)
        {
            text.Append("\nmatches: ").Append(rule);
        }

        foreach (NearMiss miss in NearMisses)
        {
            text.Append("\nmatches but for the ").Append(miss.ButFor.ToString().ToLowerInvariant()).Append(": ").Append(miss.Rule);
        }

        return text.ToString();
    }
}
