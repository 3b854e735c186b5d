using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>A named list of prefixes, used as a remote. Immutable.</summary>
/// <param name="id">Unique among the address groups of a policy, 1 to 255 characters.</param>
/// <param name="addresses">The prefixes.</param>
public sealed class AddressGroup(string id, IEnumerable<Cidr> addresses)
{
    /// <summary>Unique among the address groups of a policy.</summary>
    public string Id { get; } = id;

    /// <summary>The prefixes; order does not matter.</summary>
    public ImmutableArray<Cidr> Addresses { get; } = [.. addresses];
}
