namespace SecurityGroups.Compile;

/// <summary>
/// What changed between two policies, by content: an object read anew but equal counts as the same, so that reloading a file disturbs
/// nothing. Equal references are told apart first and cheapest.
/// </summary>
/// <remarks>
/// A policy that was made from the other one by its <c>With...</c> methods knows which ids to look at; any other is compared as a whole. Both
/// ways give the same changes, in another order.
/// </remarks>
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

    public static PolicyDifference Between(Policy before, Policy after) =>
        after.EditsSince(before) is { } edits ? AtEdits(before, after, edits) : Everywhere(before, after);

    /// <summary>The difference found by comparing everything.</summary>
    public static PolicyDifference Everywhere(Policy before, Policy after) => new(
        Changes<SecurityGroup>.Between(before.SecurityGroups, after.SecurityGroups),
        Changes<AddressGroup>.Between(before.AddressGroups, after.AddressGroups),
        Changes<Nic>.Between(before.Nics, after.Nics));

    private static PolicyDifference AtEdits(Policy before, Policy after, IEnumerable<PolicyEdit> edits)
    {
        PolicyDifference difference = new(new([], []), new([], []), new([], []));
        HashSet<(PolicyPart Part, string Id)> seen = [];
        foreach (PolicyEdit edit in edits)
        {
            if (seen.Add((edit.Part, edit.Id)))
            {
                difference.AddAt(edit, before, after);
            }
        }

        return difference;
    }

    private void AddAt(PolicyEdit edit, Policy before, Policy after)
    {
        switch (edit.Part)
        {
            case PolicyPart.SecurityGroup:
                SecurityGroups.AddAt(edit.Id, before.SecurityGroups, after.SecurityGroups);
                break;
            case PolicyPart.AddressGroup:
                AddressGroups.AddAt(edit.Id, before.AddressGroups, after.AddressGroups);
                break;
            case PolicyPart.Nic:
                Nics.AddAt(edit.Id, before.Nics, after.Nics);
                break;
        }
    }

    /// <summary>Changes among the objects of one kind: added or replaced ones (before is null for the added), and removed ones.</summary>
    internal sealed record Changes<T>(List<(T? Before, T After)> Set, List<T> Removed)
        where T : class
    {
        public bool IsAny => Set.Count + Removed.Count != 0;

        /// <summary>What there was before and is no more as it was.</summary>
        public IEnumerable<T> Gone => Removed.Concat(Set.Select(change => change.Before).OfType<T>());

        public static Changes<T> Between(IReadOnlyDictionary<string, T> before, IReadOnlyDictionary<string, T> after)
        {
            Changes<T> changes = new([], []);
            if (ReferenceEquals(before, after))
            {
                return changes;
            }

            foreach ((string id, T value) in after)
            {
                changes.AddUnlessEqual(before.GetValueOrDefault(id), value);
            }

            changes.Removed.AddRange(before.Where(entry => !after.ContainsKey(entry.Key)).Select(entry => entry.Value));
            return changes;
        }

        /// <summary>Adds what changed at an id, if anything.</summary>
        public void AddAt(string id, IReadOnlyDictionary<string, T> before, IReadOnlyDictionary<string, T> after)
        {
            T? old = before.GetValueOrDefault(id);
            if (after.TryGetValue(id, out T? value))
            {
                AddUnlessEqual(old, value);
            }
            else if (old is not null)
            {
                Removed.Add(old);
            }
        }

        private void AddUnlessEqual(T? before, T after)
        {
            if (!ReferenceEquals(before, after) && !after.Equals(before))
            {
                Set.Add((before, after));
            }
        }
    }
}
