using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>A named list of prefixes, used as a remote. Immutable. Equal when id and prefixes are equal, in the same order.</summary>
public sealed record AddressGroup
{
    /// <summary>A group of prefixes.</summary>
    /// <param name="id">Unique among the address groups of a policy, 1 to 255 characters.</param>
    /// <param name="addresses">The prefixes; none means that rules with this remote match nothing.</param>
    public AddressGroup(string id, IEnumerable<Cidr> addresses)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(addresses);
        Id = id;
        Addresses = Checked.List<Cidr>([.. addresses], nameof(addresses));
    }

    /// <summary>Unique among the address groups of a policy.</summary>
    public string Id { get; }

    /// <summary>The prefixes; order does not matter.</summary>
    public ImmutableArray<Cidr> Addresses { get; }

    /// <inheritdoc/>
    public bool Equals(AddressGroup? other) =>
        other is not null && Id == other.Id && Addresses.AsSpan().SequenceEqual(other.Addresses.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Addresses.Length);

    /// <summary>The id and the number of prefixes.</summary>
    public override string ToString() => $"{Id} ({Addresses.Length} prefixes)";
}
