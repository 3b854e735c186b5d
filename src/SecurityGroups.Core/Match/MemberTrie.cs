using System.Runtime.CompilerServices;

namespace SecurityGroups.Match;

/// <summary>The shape of the persistent hash trie of members: how it is read, and how chunks are made and split.</summary>
/// <remarks>
/// A node is null, a chunk (<c>MemberEntry[]</c>) or a branch (<c>object?[64]</c>). Branches use the hash from its high end, 6 bits a
/// level; a chunk is a small open-addressed table over the low bits, probed linearly, never more than three quarters full. A chunk past
/// <see cref="MaxChunk"/> members splits, so that a change copies one chunk and a branch a level: about 3 KB at any size.
/// </remarks>
internal static class MemberTrie
{
    public const int BranchBits = 6;
    public const int MaxChunk = 48;

    // Below this level the hash has no bits left; members that collide so far share a chunk of any size.
    public const int MaxLevel = 9;

    public static int SlotOf(ulong hash, int level) => (int)(hash >> (64 - BranchBits - (level * BranchBits))) & ((1 << BranchBits) - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MemberClass? Find(object? node, in MemberKey key)
    {
        for (int level = 0; node is not null; level++)
        {
            if (node is MemberEntry[] chunk)
            {
                return FindInChunk(chunk, key);
            }

            node = Unsafe.As<object?[]>(node)[SlotOf(key.Hash, level)];
        }

        return null;
    }

    /// <summary>The smallest chunk that so many members fill no more than three quarters of.</summary>
    public static int SizeFor(int members)
    {
        int size = 4;
        while (size * 3 < members * 4)
        {
            size *= 2;
        }

        return size;
    }

    public static int CountOf(MemberEntry[] chunk)
    {
        int count = 0;
        foreach (ref readonly MemberEntry entry in chunk.AsSpan())
        {
            count += entry.Class is null ? 0 : 1;
        }

        return count;
    }

    /// <summary>A chunk of some size with the members of a list, or of another chunk.</summary>
    public static MemberEntry[] ToChunk(ReadOnlySpan<MemberEntry> members, int size)
    {
        MemberEntry[] chunk = new MemberEntry[size];
        foreach (ref readonly MemberEntry entry in members)
        {
            if (entry.Class is not null)
            {
                chunk[SlotFor(chunk, entry)] = entry;
            }
        }

        return chunk;
    }

    /// <summary>Where a member is in a chunk that has room, or would be.</summary>
    public static int SlotFor(MemberEntry[] chunk, in MemberEntry member)
    {
        int mask = chunk.Length - 1;
        int slot = (int)member.Hash & mask;
        while (chunk[slot] is { Class: not null } other && (other.Bits != member.Bits || other.Scope != member.Scope))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    /// <summary>Empties a slot of a chunk and moves up those members that its vacancy would hide from a search.</summary>
    public static void Remove(MemberEntry[] chunk, int slot)
    {
        int mask = chunk.Length - 1;
        chunk[slot] = default;
        for (int next = (slot + 1) & mask; chunk[next].Class is not null; next = (next + 1) & mask)
        {
            MemberEntry member = chunk[next];
            chunk[next] = default;
            chunk[SlotFor(chunk, member)] = member;
        }
    }

    public static object?[] Split(MemberEntry[] chunk, int level) =>
        [.. Enumerable.Range(0, 1 << BranchBits).Select(slot => ChunkOf(chunk, level, slot))];

    private static MemberEntry[]? ChunkOf(MemberEntry[] chunk, int level, int slot)
    {
        MemberEntry[] members = Array.FindAll(chunk, entry => entry.Class is not null && SlotOf(entry.Hash, level) == slot);
        return members.Length == 0 ? null : ToChunk(members, SizeFor(members.Length));
    }

    private static MemberClass? FindInChunk(MemberEntry[] chunk, in MemberKey key)
    {
        int mask = chunk.Length - 1;
        for (int slot = (int)key.Hash & mask; ; slot = (slot + 1) & mask)
        {
            ref readonly MemberEntry entry = ref chunk[slot];
            if (entry.Class is null || key.Matches(entry))
            {
                return entry.Class;
            }
        }
    }
}
