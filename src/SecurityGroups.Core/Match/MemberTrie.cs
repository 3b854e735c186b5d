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

    public static MemberEntry[] ToChunk(List<MemberEntry> members)
    {
        int size = 4;
        while (size * 3 < members.Count * 4)
        {
            size *= 2;
        }

        MemberEntry[] chunk = new MemberEntry[size];
        foreach (MemberEntry member in members)
        {
            int slot = (int)member.Hash & (size - 1);
            while (chunk[slot].Class is not null)
            {
                slot = (slot + 1) & (size - 1);
            }

            chunk[slot] = member;
        }

        return chunk;
    }

    public static object?[] Split(MemberEntry[] chunk, int level) =>
        [.. Enumerable.Range(0, 1 << BranchBits).Select(slot => ChunkOf(chunk, level, slot))];

    private static MemberEntry[]? ChunkOf(MemberEntry[] chunk, int level, int slot)
    {
        List<MemberEntry> members = [.. chunk.Where(entry => entry.Class is not null && SlotOf(entry.Hash, level) == slot)];
        return members.Count == 0 ? null : ToChunk(members);
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
