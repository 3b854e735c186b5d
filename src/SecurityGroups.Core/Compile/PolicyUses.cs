using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace SecurityGroups.Compile;

/// <summary>
/// Who names whom in a policy, so that an update finds what a change concerns and what still needs a group that goes, without a look at the
/// rest. Immutable; the uses of a changed policy cost as much as the change.
/// </summary>
internal sealed record PolicyUses
{
    /// <summary>Of the empty policy.</summary>
    public static PolicyUses Empty { get; } = new();

    /// <summary>How many NICs are attached to a security group.</summary>
    public ImmutableDictionary<string, int> Members { get; private init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>How many security groups have rules that name a security group as remote.</summary>
    public ImmutableDictionary<string, int> RemoteGroups { get; private init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Ids of the security groups that have rules that name an address group as remote.</summary>
    public ImmutableDictionary<string, ImmutableHashSet<string>> AddressGroups { get; private init; } = ImmutableDictionary<string, ImmutableHashSet<string>>.Empty;

    /// <summary>The uses after a change of the policy, which may leave it invalid: what is named need not exist.</summary>
    public PolicyUses With(PolicyDifference difference)
    {
        PolicyUses uses = this;
        if (difference.Nics.IsAny)
        {
            uses = uses.With(difference.Nics);
        }

        return difference.SecurityGroups.IsAny ? uses.With(difference.SecurityGroups) : uses;
    }

    private PolicyUses With(PolicyDifference.Changes<Nic> changes)
    {
        Dictionary<string, int> members = new(StringComparer.Ordinal);
        changes.Removed.ForEach(nic => CountGroups(members, nic, -1));
        foreach ((Nic? before, Nic after) in changes.Set)
        {
            CountGroups(members, before, -1);
            CountGroups(members, after, 1);
        }

        return this with { Members = With(Members, members) };
    }

    private PolicyUses With(PolicyDifference.Changes<SecurityGroup> changes)
    {
        Dictionary<string, int> remoteGroups = [];
        var addressGroups = AddressGroups.ToBuilder();
        foreach (SecurityGroup gone in changes.Gone)
        {
            Count(remoteGroups, [.. IdsNamed(gone, RemoteKind.SecurityGroup)], -1);
            IdsNamed(gone, RemoteKind.AddressGroup).ForEach(id => addressGroups.Leave(id, gone.Id));
        }

        foreach ((_, SecurityGroup group) in changes.Set)
        {
            Count(remoteGroups, [.. IdsNamed(group, RemoteKind.SecurityGroup)], 1);
            IdsNamed(group, RemoteKind.AddressGroup).ForEach(id => addressGroups.Join(id, group.Id));
        }

        return this with { RemoteGroups = With(RemoteGroups, remoteGroups), AddressGroups = addressGroups.ToImmutable() };
    }

    private static void CountGroups(Dictionary<string, int> members, Nic? nic, int change)
    {
        if (nic is not null)
        {
            Count(members, FormUse.GroupsOf(nic), change);
        }
    }

    private static List<string> IdsNamed(SecurityGroup group, RemoteKind kind)
    {
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (SecurityGroupRule rule in group.Rules)
        {
            if (rule.Remote.Kind == kind)
            {
                ids.Add(rule.Remote.Id!);
            }
        }

        return [.. ids];
    }

    private static void Count(Dictionary<string, int> counts, ImmutableArray<string> ids, int change)
    {
        foreach (string id in ids)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, id, out _) += change;
        }
    }

    private static ImmutableDictionary<string, int> With(ImmutableDictionary<string, int> counts, Dictionary<string, int> changes)
    {
        var builder = counts.ToBuilder();
        foreach ((string id, int change) in changes.Where(entry => entry.Value != 0))
        {
            int count = builder.GetValueOrDefault(id) + change;
            if (count == 0)
            {
                builder.Remove(id);
            }
            else
            {
                builder[id] = count;
            }
        }

        return builder.ToImmutable();
    }
}
