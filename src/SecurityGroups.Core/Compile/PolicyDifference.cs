namespace SecurityGroups.Compile;

/// <summary>
/// What changed between two policies, by content: an object read anew but equal counts as the same, so that reloading a file disturbs
/// nothing. Equal references are told apart first and cheapest.
/// </summary>
internal sealed class PolicyDifference
{
    private PolicyDifference(Changes<SecurityGroup> securityGroups, Changes<AddressGroup> addressGroups, Changes<Nic> nics)
    {
        SecurityGroups = securityGroups;
        AddressGroups = addressGroups;
        Nics = nics;
    }

    public Changes<SecurityGroup> SecurityGroups { get; }

    public Changes<AddressGroup> AddressGroups { get; }

    public Changes<Nic> Nics { get; }

    public static PolicyDifference Between(Policy before, Policy after) => new(
        Changes<SecurityGroup>.Between(before.SecurityGroups, after.SecurityGroups),
        Changes<AddressGroup>.Between(before.AddressGroups, after.AddressGroups),
        Changes<Nic>.Between(before.Nics, after.Nics));

    /// <summary>Changes among the objects of one kind: added or replaced ones (before is null for the added), and removed ones.</summary>
    internal sealed record Changes<T>(List<(T? Before, T After)> Set, List<T> Removed)
        where T : class
    {
        public static Changes<T> Between(IReadOnlyDictionary<string, T> before, IReadOnlyDictionary<string, T> after)
        {
            Changes<T> changes = new([], []);
            if (ReferenceEquals(before, after))
            {
                return changes;
            }

            foreach ((string id, T value) in after)
            {
                T? old = before.GetValueOrDefault(id);
                if (!ReferenceEquals(old, value) && !value.Equals(old))
                {
                    changes.Set.Add((old, value));
                }
            }

            changes.Removed.AddRange(before.Where(entry => !after.ContainsKey(entry.Key)).Select(entry => entry.Value));
            return changes;
        }
    }
}
