using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace SecurityGroups.Match;

/// <summary>Applies changes to the persistent hash trie of members, copying each touched node once.</summary>
internal sealed class MemberTrieEditor(ImmutableDictionary<MemberClass, int> classes)
{
    private readonly Dictionary<MemberClass, int> _counted = [];
    private readonly Dictionary<MemberClass, MemberClass> _interned = [];

    /// <summary>The members whose groups changed.</summary>
    public List<MemberKey> Changed { get; } = [];

    /// <summary>The classes in use after the changes, each with the number of members that have it.</summary>
    public ImmutableDictionary<MemberClass, int> Classes()
    {
        var result = classes;
        foreach ((MemberClass members, int change) in _counted)
        {
            int count = result.GetValueOrDefault(members) + change;
            result = count == 0 ? result.Remove(members) : result.SetItem(members, count);
        }

        return result;
    }

    /// <param name="node">The old node, or null.</param>
    /// <param name="level">Its level; the root has 0.</param>
    /// <param name="changes">The changes below this node, at least one, ordered by hash.</param>
    /// <returns>The new node, or null when nothing is left.</returns>
    public object? Apply(object? node, int level, ReadOnlySpan<PendingChange> changes)
    {
        if (node is object?[] branch)
        {
            return ApplyToBranch((object?[])branch.Clone(), level, changes);
        }

        MemberEntry[] chunk = (MemberEntry[]?)node ?? [];
        return CountOf(chunk) + changes.Length > MemberTrie.MaxChunk && level < MemberTrie.MaxLevel
            ? ApplyToBranch(MemberTrie.Split(chunk, level), level, changes)
            : ApplyToChunk(chunk, changes);
    }

    private object?[]? ApplyToBranch(object?[] branch, int level, ReadOnlySpan<PendingChange> changes)
    {
        while (!changes.IsEmpty)
        {
            int slot = MemberTrie.SlotOf(changes[0].Key.Hash, level);
            int count = 1;
            while (count < changes.Length && MemberTrie.SlotOf(changes[count].Key.Hash, level) == slot)
            {
                count++;
            }

            branch[slot] = Apply(branch[slot], level + 1, changes[..count]);
            changes = changes[count..];
        }

        return Array.TrueForAll(branch, child => child is null) ? null : branch;
    }

    private MemberEntry[]? ApplyToChunk(MemberEntry[] chunk, ReadOnlySpan<PendingChange> changes)
    {
        List<MemberEntry> members = new(chunk.Length);
        foreach (MemberEntry entry in chunk)
        {
            if (entry.Class is not null)
            {
                members.Add(entry);
            }
        }

        while (!changes.IsEmpty)
        {
            MemberKey key = changes[0].Key;
            int count = 1;
            while (count < changes.Length && changes[count].Key.IsSame(key))
            {
                count++;
            }

            ApplyToMember(members, key, changes[..count]);
            changes = changes[count..];
        }

        return members.Count == 0 ? null : MemberTrie.ToChunk(members);
    }

    private void ApplyToMember(List<MemberEntry> members, MemberKey key, ReadOnlySpan<PendingChange> changes)
    {
        int position = members.FindIndex(entry => key.Matches(entry));
        MemberClass before = position < 0 ? MemberClass.Empty : members[position].Class!;
        MemberClass after = before;
        foreach (ref readonly PendingChange change in changes)
        {
            after = after.With(change.Change.Groups, change.Change.Joins);
        }

        after = Interned(after);
        Count(before, -1);
        Count(after, 1);
        if (position >= 0)
        {
            members.RemoveAt(position);
        }

        if (after != MemberClass.Empty)
        {
            members.Add(new MemberEntry(key.Bits, key.Scope, after));
        }

        if (!before.Groups.SequenceEqual(after.Groups))
        {
            Changed.Add(key);
        }
    }

    private static int CountOf(MemberEntry[] chunk)
    {
        int count = 0;
        foreach (ref readonly MemberEntry entry in chunk.AsSpan())
        {
            count += entry.Class is null ? 0 : 1;
        }

        return count;
    }

    /// <summary>The one object that stands for all classes equal to this one.</summary>
    private MemberClass Interned(MemberClass members)
    {
        if (members.Groups.IsEmpty)
        {
            return MemberClass.Empty;
        }

        if (_interned.TryGetValue(members, out MemberClass? known))
        {
            return known;
        }

        known = classes.TryGetKey(members, out MemberClass inUse) ? inUse : members;
        _interned.Add(known, known);
        return known;
    }

    private void Count(MemberClass members, int change)
    {
        if (!members.Groups.IsEmpty)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_counted, members, out _) += change;
        }
    }
}
