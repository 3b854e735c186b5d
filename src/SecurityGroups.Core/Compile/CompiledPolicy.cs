using System.Collections.Immutable;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>
/// A ruleset and what only the compiler needs to make the next one from it: the numbers it gave to names, and who uses which compiled form.
/// Immutable, so that an update that fails has changed nothing.
/// </summary>
internal sealed record CompiledPolicy
{
    /// <summary>Before the first policy.</summary>
    public static CompiledPolicy Empty { get; } = new() { Ruleset = Ruleset.Empty };

    public required Ruleset Ruleset { get; init; }

    /// <summary>Who names whom in the policy.</summary>
    public PolicyUses Uses { get; init; } = PolicyUses.Empty;

    /// <summary>Numbers of security groups, for the membership index.</summary>
    public Numbering Groups { get; init; } = Numbering.Empty;

    /// <summary>Numbers of networks, for the membership index.</summary>
    public Numbering Networks { get; init; } = Numbering.Empty;

    /// <summary>How many NICs each network has; a network's number is free when its last NIC goes.</summary>
    public ImmutableDictionary<string, int> NetworkUsers { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Slots of NICs; freed ones are used again.</summary>
    public Numbering NicSlots { get; init; } = Numbering.Empty;

    /// <summary>Slots of compiled forms by <see cref="FormUse.Key"/>; freed ones are used again.</summary>
    public Numbering FormSlots { get; init; } = Numbering.Empty;

    /// <summary>Who uses a compiled form, by key.</summary>
    public ImmutableDictionary<string, FormUse> FormUses { get; init; } = ImmutableDictionary<string, FormUse>.Empty;

    /// <summary>Keys of the compiled forms that each security group is part of.</summary>
    public ImmutableDictionary<string, ImmutableHashSet<string>> FormsOfGroup { get; init; } = ImmutableDictionary<string, ImmutableHashSet<string>>.Empty;

    /// <summary>Memory of all compiled forms.</summary>
    public long FormOctets { get; init; }

    /// <summary>Rule numbers by group id.</summary>
    public ImmutableDictionary<string, RuleBlock> RuleBlocks { get; init; } = ImmutableDictionary<string, RuleBlock>.Empty;

    /// <summary>The first rule number that was never given.</summary>
    public long NextRuleNumber { get; init; } = 1;

    /// <summary>Forms compiled to get here from the policy before.</summary>
    public int FormsCompiled { get; init; }

    /// <summary>Tracking zones whose connections are forgotten with the policy before.</summary>
    public ImmutableArray<uint> RetiredZones { get; init; } = [];

    /// <summary>Zones whose NIC keeps its connections and has a quota from now on.</summary>
    public ImmutableArray<uint> LimitedZones { get; init; } = [];
}
