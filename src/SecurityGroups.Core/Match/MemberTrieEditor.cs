using System.Collections.Immutable;

namespace SecurityGroups.Match;

/// <summary>Applies changes to the persistent hash trie of members, copying each touched node once.</summary>
internal sealed class MemberTrieEditor(ImmutableDictionary<MemberClass, int> classes, Action<MemberKey> classChanged)
{
    private readonly ImmutableDictionary<MemberClass, int>.Builder _classes = classes.ToBuilder();

    /// <summary>The classes in use after the changes, each with the number of members that have it.</summary>
    public ImmutableDictionary<MemberClass, int> Classes => _classes.ToImmutable();

    /// <param name="node">The old node, or null.</param>
    /// <param name="level">Its level; the root has 0.</param>
    /// <param name="changes">The changes below this node, ordered by hash.</param>
    /// <returns>The new node, or null when nothing is left.</returns>
    public object? Apply(object? node, int level, ReadOnlySpan<(MemberKey Key, MemberChange Change)> changes)
    {
        if (changes.IsEmpty)
        {
            return node;
        }

        if (node is object?[] branch)
        {
            return ApplyToBranch((object?[])branch.Clone(), level, changes);
        }

        MemberEntry[] chunk = (MemberEntry[]?)node ?? [];
        int members = chunk.Count(entry => entry.Class is not null);
        return members + changes.Length > MemberTrie.MaxChunk && level < MemberTrie.MaxLevel
            ? ApplyToBranch(MemberTrie.Split(chunk, level), level, changes)
            : ApplyToChunk(chunk, changes);
    }

    private object?[]? ApplyToBranch(object?[] branch, int level, ReadOnlySpan<(MemberKey Key, MemberChange Change)> changes)
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

    private MemberEntry[]? ApplyToChunk(MemberEntry[] chunk, ReadOnlySpan<(MemberKey Key, MemberChange Change)> changes)
    {
        List<MemberEntry> members = [.. chunk.Where(entry => entry.Class is not null)];
        while (!changes.IsEmpty)
        {
            MemberKey key = changes[0].Key;
            int count = 1;
            while (count < changes.Length && changes[count].Key.Matches(key))
            {
                count++;
            }

            ApplyToMember(members, key, changes[..count]);
            changes = changes[count..];
        }

        return members.Count == 0 ? null : MemberTrie.ToChunk(members);
    }

    private void ApplyToMember(List<MemberEntry> members, MemberKey key, ReadOnlySpan<(MemberKey Key, MemberChange Change)> changes)
    {
        int position = members.FindIndex(entry => entry.Key.Matches(key));
        MemberClass before = position < 0 ? MemberClass.Empty : members[position].Class!;
        MemberClass after = before;
        foreach ((_, MemberChange change) in changes)
        {
            after = after.With(change.Groups, change.Joins);
        }

        after = Exchange(before, after);
        if (position >= 0)
        {
            members.RemoveAt(position);
        }

        if (after != MemberClass.Empty)
        {
            members.Add(new MemberEntry(key, after));
        }

        if (!before.Groups.SequenceEqual(after.Groups))
        {
            classChanged(key);
        }
    }

    /// <summary>Counts one member from one class into another; gives the one object that stands for the latter.</summary>
    private MemberClass Exchange(MemberClass before, MemberClass after)
    {
        if (before.Groups.Length > 0 && _classes[before] == 1)
        {
            _classes.Remove(before);
        }
        else if (before.Groups.Length > 0)
        {
            _classes[before]--;
        }

        if (after.Groups.Length == 0)
        {
            return MemberClass.Empty;
        }

        // The first of equal objects stays the key; the dictionary finds it by content.
        MemberClass interned = _classes.TryGetKey(after, out MemberClass existing) ? existing : after;
        _classes[interned] = _classes.GetValueOrDefault(interned) + 1;
        return interned;
    }
}
