using System.Collections.Immutable;

namespace SecurityGroups.Compile;

/// <summary>Which groups one compiled form is made of and how many NICs have exactly these.</summary>
/// <param name="Key">The group ids, joined so that no two sets share a key.</param>
/// <param name="GroupIds">The group ids in ordinal order.</param>
/// <param name="Users">NICs that have exactly these groups.</param>
internal sealed record FormUse(string Key, ImmutableArray<string> GroupIds, int Users)
{
    /// <summary>The use of a NIC's groups, by nobody yet.</summary>
    public static FormUse Of(Nic nic)
    {
        ImmutableArray<string> groupIds = GroupsOf(nic);
        return new FormUse(groupIds is [var only] ? KeyOf(only) : string.Concat(groupIds.Select(KeyOf)), groupIds, 0);
    }

    /// <summary>The groups of a NIC in ordinal order, each once.</summary>
    public static ImmutableArray<string> GroupsOf(Nic nic) => nic.SecurityGroups.Length < 2
        ? nic.SecurityGroups
        : [.. nic.SecurityGroups.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string KeyOf(string id) => $"{id.Length}:{id}";
}
