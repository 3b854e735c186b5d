using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>What the user states: security groups, address groups and NICs. Immutable; every change gives a changed copy.</summary>
public sealed class Policy
{
    private Policy(
        ImmutableSortedDictionary<string, SecurityGroup> securityGroups,
        ImmutableSortedDictionary<string, AddressGroup> addressGroups,
        ImmutableSortedDictionary<string, Nic> nics)
    {
        SecurityGroups = securityGroups;
        AddressGroups = addressGroups;
        Nics = nics;
    }

    /// <summary>The security groups by id.</summary>
    public ImmutableSortedDictionary<string, SecurityGroup> SecurityGroups { get; }

    /// <summary>The address groups by id.</summary>
    public ImmutableSortedDictionary<string, AddressGroup> AddressGroups { get; }

    /// <summary>The NICs by id.</summary>
    public ImmutableSortedDictionary<string, Nic> Nics { get; }

    /// <summary>A policy of groups and NICs.</summary>
    public static Policy Create(IEnumerable<SecurityGroup> securityGroups, IEnumerable<Nic> nics) => Create(securityGroups, nics, []);

    /// <summary>A policy of groups, NICs and address groups.</summary>
    public static Policy Create(IEnumerable<SecurityGroup> securityGroups, IEnumerable<Nic> nics, IEnumerable<AddressGroup> addressGroups) => new(
        securityGroups.ToImmutableSortedDictionary(group => group.Id, group => group, StringComparer.Ordinal),
        addressGroups.ToImmutableSortedDictionary(group => group.Id, group => group, StringComparer.Ordinal),
        nics.ToImmutableSortedDictionary(nic => nic.Id, nic => nic, StringComparer.Ordinal));

    /// <summary>A copy with a group added or replaced.</summary>
    public Policy WithGroup(SecurityGroup group) => new(SecurityGroups.SetItem(group.Id, group), AddressGroups, Nics);

    /// <summary>A copy with a NIC added or replaced.</summary>
    public Policy WithNic(Nic nic) => new(SecurityGroups, AddressGroups, Nics.SetItem(nic.Id, nic));
}
