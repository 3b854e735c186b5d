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
        return MemberTrie.CountOf(chunk) + changes.Length > MemberTrie.MaxChunk && level < MemberTrie.MaxLevel
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
        int room = MemberTrie.SizeFor(MemberTrie.CountOf(chunk) + changes.Length);
        MemberEntry[] changed = room == chunk.Length ? (MemberEntry[])chunk.Clone() : MemberTrie.ToChunk(chunk, room);
        while (!changes.IsEmpty)
        {
            MemberKey key = changes[0].Key;
            int count = 1;
            while (count < changes.Length && changes[count].Key.IsSame(key))
            {
                count++;
            }

            ApplyToMember(changed, key, changes[..count]);
            changes = changes[count..];
        }

        int members = MemberTrie.CountOf(changed);
        int size = MemberTrie.SizeFor(members);
        return members == 0 ? null : size == changed.Length ? changed : MemberTrie.ToChunk(changed, size);
    }

    private void ApplyToMember(MemberEntry[] chunk, MemberKey key, ReadOnlySpan<PendingChange> changes)
    {
        int slot = MemberTrie.SlotFor(chunk, new MemberEntry(key.Bits, key.Scope, null));
        MemberClass before = chunk[slot].Class ?? MemberClass.Empty;
        MemberClass after = before;
        foreach (ref readonly PendingChange change in changes)
        {
            after = after.With(change.Change.Groups, change.Change.Joins);
        }

        after = Interned(after);
        Count(before, -1);
        Count(after, 1);
        if (after != MemberClass.Empty)
        {
            chunk[slot] = new MemberEntry(key.Bits, key.Scope, after);
        }
        else if (before != MemberClass.Empty)
        {
            MemberTrie.Remove(chunk, slot);
        }

        if (!before.Groups.SequenceEqual(after.Groups))
        {
            Changed.Add(key);
        }
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
