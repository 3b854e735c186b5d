namespace SecurityGroups;

/// <summary>
/// A note that one group or NIC of a policy was set or removed, linked to the note before it: what an update has to look at when the policy
/// is a changed copy of the one in force.
/// </summary>
/// <remarks>
/// The chain ends at a base, which is known by its mark: an object that is no part of the base, so that no chain of old policies is kept alive.
/// Only a policy that a firewall took has a mark. Longer chains than <see cref="MaxLength"/> are given up: then everything is compared, which
/// costs no more than that many changes. Immutable, any thread.
/// </remarks>
internal sealed class PolicyEdit
{
    private const int MaxLength = 4_096;
    private readonly object _base;
    private readonly PolicyEdit? _before;
    private readonly int _length;

    private PolicyEdit(object @base, PolicyEdit? before, PolicyPart part, string id)
    {
        _base = @base;
        _before = before;
        _length = before is null ? 1 : before._length + 1;
        Part = part;
        Id = id;
    }

    public PolicyPart Part { get; }

    public string Id { get; }

    /// <summary>The first edit since a base.</summary>
    public static PolicyEdit First(object baseMark, PolicyPart part, string id) => new(baseMark, null, part, id);

    /// <summary>One edit more; null when there are too many.</summary>
    public PolicyEdit? Then(PolicyPart part, string id) => _length == MaxLength ? null : new(_base, this, part, id);

    /// <summary>Whether the chain begins at a base.</summary>
    public bool IsSince(object baseMark) => ReferenceEquals(_base, baseMark);

    /// <summary>This edit and those before it, the latest first; an id may come several times.</summary>
    public IEnumerable<PolicyEdit> Chain()
    {
        for (PolicyEdit? edit = this; edit is not null; edit = edit._before)
        {
            yield return edit;
        }
    }
}
