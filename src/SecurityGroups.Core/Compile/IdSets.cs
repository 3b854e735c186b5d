using System.Collections.Immutable;

namespace SecurityGroups.Compile;

/// <summary>Sets of ids by id, where an empty set is no entry.</summary>
internal static class IdSets
{
    /// <summary>Puts an id into the set of a key.</summary>
    public static void Join(this ImmutableDictionary<string, ImmutableHashSet<string>>.Builder sets, string key, string id) =>
        sets[key] = sets.GetValueOrDefault(key, []).Add(id);

    /// <summary>Takes an id out of the set of a key, which has it.</summary>
    public static void Leave(this ImmutableDictionary<string, ImmutableHashSet<string>>.Builder sets, string key, string id)
    {
        ImmutableHashSet<string> left = sets[key].Remove(id);
        if (left.IsEmpty)
        {
            sets.Remove(key);
        }
        else
        {
            sets[key] = left;
        }
    }
}
