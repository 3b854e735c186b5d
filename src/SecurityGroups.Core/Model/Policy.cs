using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>
/// What the user states: security groups, address groups and NICs. Immutable; every change gives a changed copy. <c>Create</c> and
/// <see cref="PolicyJson"/> check the whole; the copies that <c>With...</c> makes are checked when a firewall takes them, so that several
/// changes may pass through states that would not stand on their own. Equal when everything they state is equal.
/// </summary>
public sealed class Policy : IEquatable<Policy>
{
    private readonly PolicyEdit? _latestEdit;
    private object? _mark;

    private Policy(
        ImmutableSortedDictionary<string, SecurityGroup> securityGroups,
        ImmutableSortedDictionary<string, AddressGroup> addressGroups,
        ImmutableSortedDictionary<string, Nic> nics,
        PolicyEdit? latestEdit = null)
    {
        SecurityGroups = securityGroups;
        AddressGroups = addressGroups;
        Nics = nics;
        _latestEdit = latestEdit;
    }

    /// <summary>A policy without groups and NICs.</summary>
    public static Policy Empty { get; } = new(Index<SecurityGroup>([], _ => ""), Index<AddressGroup>([], _ => ""), Index<Nic>([], _ => ""));

    /// <summary>The security groups by id, in ordinal order.</summary>
    public ImmutableSortedDictionary<string, SecurityGroup> SecurityGroups { get; }

    /// <summary>The address groups by id, in ordinal order.</summary>
    public ImmutableSortedDictionary<string, AddressGroup> AddressGroups { get; }

    /// <summary>The NICs by id, in ordinal order.</summary>
    public ImmutableSortedDictionary<string, Nic> Nics { get; }

    /// <summary>A policy of groups and NICs.</summary>
    /// <exception cref="PolicyException">The policy is invalid; paths count in the order given.</exception>
    public static Policy Create(IEnumerable<SecurityGroup> securityGroups, IEnumerable<Nic> nics) => Create(securityGroups, nics, []);

    /// <summary>A policy of groups, NICs and address groups.</summary>
    /// <exception cref="PolicyException">The policy is invalid; paths count in the order given.</exception>
    public static Policy Create(IEnumerable<SecurityGroup> securityGroups, IEnumerable<Nic> nics, IEnumerable<AddressGroup> addressGroups)
    {
        ArgumentNullException.ThrowIfNull(securityGroups);
        ArgumentNullException.ThrowIfNull(nics);
        ArgumentNullException.ThrowIfNull(addressGroups);
        PolicySource source = PolicySource.Of(
            Checked.List<SecurityGroup>([.. securityGroups], nameof(securityGroups)),
            Checked.List<AddressGroup>([.. addressGroups], nameof(addressGroups)),
            Checked.List<Nic>([.. nics], nameof(nics)));
        PolicyReport report = PolicyValidator.Report(source, PolicyLimits.Default);
        return report.IsValid ? FromValid(source) : throw new PolicyException(report.Errors);
    }

    /// <summary>Every error and warning of this policy, within the default limits; paths count in the order of ids.</summary>
    public PolicyReport Validate() => Validate(PolicyLimits.Default);

    /// <summary>Every error and warning of this policy within limits; paths count in the order of ids.</summary>
    public PolicyReport Validate(PolicyLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return PolicyValidator.Report(PolicySource.Of(SecurityGroups.Values, AddressGroups.Values, Nics.Values), limits);
    }

    /// <summary>A copy with a security group added or replaced.</summary>
    public Policy WithGroup(SecurityGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return new(SecurityGroups.SetItem(group.Id, group), AddressGroups, Nics, Edit(PolicyPart.SecurityGroup, group.Id));
    }

    /// <summary>A copy without a security group. Whoever still uses the group makes the copy invalid.</summary>
    /// <exception cref="KeyNotFoundException">There is no such group.</exception>
    public Policy WithoutGroup(string id)
    {
        _ = Find(SecurityGroups, id, "security group");
        return new(SecurityGroups.Remove(id), AddressGroups, Nics, Edit(PolicyPart.SecurityGroup, id));
    }

    /// <summary>A copy with one security group changed.</summary>
    /// <exception cref="KeyNotFoundException">There is no such group.</exception>
    /// <exception cref="ArgumentException">The change gave a group with another id, or null.</exception>
    public Policy UpdateGroup(string id, Func<SecurityGroup, SecurityGroup> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        SecurityGroup changed = change(Find(SecurityGroups, id, "security group"));
        return WithGroup(SameId(changed, changed?.Id, id, nameof(change)));
    }

    /// <summary>A copy with an address group added or replaced.</summary>
    public Policy WithAddressGroup(AddressGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return new(SecurityGroups, AddressGroups.SetItem(group.Id, group), Nics, Edit(PolicyPart.AddressGroup, group.Id));
    }

    /// <summary>A copy without an address group. Whoever still uses the group makes the copy invalid.</summary>
    /// <exception cref="KeyNotFoundException">There is no such group.</exception>
    public Policy WithoutAddressGroup(string id)
    {
        _ = Find(AddressGroups, id, "address group");
        return new(SecurityGroups, AddressGroups.Remove(id), Nics, Edit(PolicyPart.AddressGroup, id));
    }

    /// <summary>A copy with one address group changed.</summary>
    /// <exception cref="KeyNotFoundException">There is no such group.</exception>
    /// <exception cref="ArgumentException">The change gave a group with another id, or null.</exception>
    public Policy UpdateAddressGroup(string id, Func<AddressGroup, AddressGroup> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        AddressGroup changed = change(Find(AddressGroups, id, "address group"));
        return WithAddressGroup(SameId(changed, changed?.Id, id, nameof(change)));
    }

    /// <summary>A copy with a NIC added or replaced.</summary>
    public Policy WithNic(Nic nic)
    {
        ArgumentNullException.ThrowIfNull(nic);
        return new(SecurityGroups, AddressGroups, Nics.SetItem(nic.Id, nic), Edit(PolicyPart.Nic, nic.Id));
    }

    /// <summary>A copy without a NIC.</summary>
    /// <exception cref="KeyNotFoundException">There is no such NIC.</exception>
    public Policy WithoutNic(string id)
    {
        _ = Find(Nics, id, "NIC");
        return new(SecurityGroups, AddressGroups, Nics.Remove(id), Edit(PolicyPart.Nic, id));
    }

    /// <summary>A copy with one NIC changed.</summary>
    /// <exception cref="KeyNotFoundException">There is no such NIC.</exception>
    /// <exception cref="ArgumentException">The change gave a NIC with another id, or null.</exception>
    public Policy UpdateNic(string id, Func<Nic, Nic> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        Nic changed = change(Find(Nics, id, "NIC"));
        return WithNic(SameId(changed, changed?.Id, id, nameof(change)));
    }

    /// <inheritdoc/>
    public bool Equals(Policy? other) =>
        other is not null && SecurityGroups.SequenceEqual(other.SecurityGroups) && AddressGroups.SequenceEqual(other.AddressGroups)
        && Nics.SequenceEqual(other.Nics);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Policy);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(SecurityGroups.Count, AddressGroups.Count, Nics.Count, Nics.Keys.FirstOrDefault());

    /// <summary>A policy of parts that the validator found free of errors.</summary>
    internal static Policy FromValid(PolicySource source) => new(
        Index(source.SecurityGroups, group => group.Id),
        Index(source.AddressGroups, group => group.Id),
        Index(source.Nics, nic => nic.Id));

    /// <summary>Makes this a base: the copies that are changed from it after this call note what was changed.</summary>
    internal void BecomeBase() => Interlocked.CompareExchange(ref _mark, new object(), null);

    /// <summary>The edits that made this policy from another, an id maybe several times; null when that is not known.</summary>
    internal IEnumerable<PolicyEdit>? EditsSince(Policy other)
    {
        if (ReferenceEquals(this, other))
        {
            return [];
        }

        return Volatile.Read(ref other._mark) is { } mark && _latestEdit?.IsSince(mark) == true ? _latestEdit.Chain() : null;
    }

    private PolicyEdit? Edit(PolicyPart part, string id) =>
        Volatile.Read(ref _mark) is { } mark ? PolicyEdit.First(mark, part, id) : _latestEdit?.Then(part, id);

    // Values compare by reference: a changed copy keeps every unchanged part as the same object, and asks no 100,000 rules whether they are equal.
    private static ImmutableSortedDictionary<string, T> Index<T>(IReadOnlyList<PolicyEntry<T>> entries, Func<T, string> idOf)
        where T : class =>
        entries.ToImmutableSortedDictionary<PolicyEntry<T>, string, T>(
            entry => idOf(entry.Value), entry => entry.Value, StringComparer.Ordinal, ReferenceEqualityComparer.Instance);

    private static T Find<T>(ImmutableSortedDictionary<string, T> items, string id, string kind)
    {
        ArgumentNullException.ThrowIfNull(id);
        return items.TryGetValue(id, out T? item) ? item : throw new KeyNotFoundException($"The policy has no {kind} '{id}'.");
    }

    private static T SameId<T>(T? changed, string? changedId, string id, string parameter)
        where T : class =>
        changed is not null && changedId == id ? changed : throw new ArgumentException($"The change of '{id}' must give it back under the same id.", parameter);
}
