using System.Collections.Immutable;

namespace SecurityGroups.Match;

/// <summary>The compiled rules of one set of groups and when they last changed.</summary>
internal sealed record FormEntry(CompiledForm Form, uint ChangedAt);

/// <summary>
/// A policy compiled: one immutable snapshot that every packet of a call or burst is judged by. A new policy makes a new ruleset that shares
/// with the old one whatever did not change, and one volatile write publishes it.
/// </summary>
internal sealed record Ruleset
{
    /// <summary>No NIC, no rule: before the first policy.</summary>
    public static Ruleset Empty { get; } = new()
    {
        Policy = Policy.Empty,
        Generation = 0,
        Forms = [],
        Nics = NicTable.Empty,
        NicSlots = Numbering.Empty,
        Members = MembershipIndex.Empty,
        Rules = RuleCatalog.Empty,
    };

    public required Policy Policy { get; init; }

    /// <summary>Counts updates from 1; connections are stamped with its low 32 bits.</summary>
    public required long Generation { get; init; }

    /// <summary>Compiled rules by slot; a slot without users is null.</summary>
    public required ImmutableArray<FormEntry?> Forms { get; init; }

    /// <summary>NICs by slot.</summary>
    public required NicTable Nics { get; init; }

    /// <summary>Slots of the NICs by id.</summary>
    public required Numbering NicSlots { get; init; }

    /// <summary>Who belongs to which group.</summary>
    public required MembershipIndex Members { get; init; }

    /// <summary>Rule numbers of each group, in ascending order.</summary>
    public required RuleCatalog Rules { get; init; }

    /// <summary>Whether this is the ruleset of a disposed firewall: no NIC, every packet denied.</summary>
    public bool IsDisposed { get; init; }

    public uint Stamp => (uint)Generation;

    /// <summary>The NIC of an id; null when the policy has none.</summary>
    public NicBinding? FindNic(string id) => NicSlots.TryGet(id, out int slot) ? Nics[slot] : null;

    /// <summary>The rules of a NIC whose security is on.</summary>
    public FormEntry FormOf(NicBinding nic) => Forms[nic.FormSlot]!;
}
