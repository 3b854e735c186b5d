using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SecurityGroups.Match;

/// <summary>Ascending keys: how many of them are below a given one. Immutable, any thread, no allocation.</summary>
/// <remarks>
/// A search tree without pointers. Nodes of a level stand one behind the other, K keys each; the leaves hold all keys in order, and a node
/// above has K + 1 children and the first key of each child but the first:
/// <code>
/// level 0:  1 node                   node n, count c of its keys below  ->  node n(K + 1) + c of the next level
/// level 1:  up to K + 1 nodes        leaf n, count c                    ->  nK + c keys are below
/// level 2:  up to (K + 1)^2 nodes
/// </code>
/// Every search takes as many steps as the tree has levels and each step is a compare of whole vectors, so nothing depends on the key but
/// addresses: the processor mispredicts nothing and searches for different keys overlap. That is worth more than fewer steps: a
/// mispredicted branch costs as much as two of them. Cost: a node a level, 17-way for 32 bits; the keys and a sixteenth of them in memory.
/// </remarks>
internal readonly struct RankTree<TNode, TKey>
    where TNode : unmanaged, IRankNode<TNode, TKey>
{
    private readonly int[] _firstNodes;
    private readonly CacheLines<TNode> _nodes;

    /// <param name="keys">Ascending.</param>
    public RankTree(ReadOnlySpan<TKey> keys)
    {
        int[] counts = NodeCounts(keys.Length);
        List<TNode> nodes = [];
        _firstNodes = new int[counts.Length];
        for (int level = 0; level < counts.Length; level++)
        {
            _firstNodes[level] = nodes.Count;
            AddLevel(nodes, keys, counts[level], counts.Length - 1 - level);
        }

        _nodes = new CacheLines<TNode>(CollectionsMarshal.AsSpan(nodes));
    }

    public long Octets => _nodes.Octets + (_firstNodes.Length * sizeof(int));

    /// <summary>How many keys are below a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CountBelow(TKey key)
    {
        // Unchecked: node numbers come from counts of at most K, and keys that fill up a node are below nothing.
        ref TNode nodes = ref _nodes[0];
        int node = 0;
        int count = 0;
        foreach (int first in _firstNodes)
        {
            node = (node * (TNode.Keys + 1)) + count;
            count = TNode.CountBelow(ref Unsafe.Add(ref nodes, first + node), key);
        }

        return (node * TNode.Keys) + count;
    }

    /// <summary>How many nodes each level has, from the top.</summary>
    private static int[] NodeCounts(int keys)
    {
        List<int> counts = [];
        for (int count = DivideUp(keys, TNode.Keys); count > 0; count = count == 1 ? 0 : DivideUp(count, TNode.Keys + 1))
        {
            counts.Insert(0, count);
        }

        return [.. counts];
    }

    private static int DivideUp(int dividend, int divisor) => (int)(((long)dividend + divisor - 1) / divisor);

    private static void AddLevel(List<TNode> nodes, ReadOnlySpan<TKey> keys, int count, int height)
    {
        for (int n = 0; n < count; n++)
        {
            TNode node = TNode.Empty;
            for (int i = 0; i < TNode.Keys && Position(n, i, height) < keys.Length; i++)
            {
                node.Set(i, keys[(int)Position(n, i, height)]);
            }

            nodes.Add(node);
        }
    }

    /// <summary>Which of all keys is at a place of a node that is so high above the leaves.</summary>
    private static long Position(int node, int index, int height)
    {
        if (height == 0)
        {
            return ((long)node * TNode.Keys) + index;
        }

        long child = ((long)node * (TNode.Keys + 1)) + index + 1;
        for (int level = 1; level < height; level++)
        {
            child *= TNode.Keys + 1;
        }

        return child * TNode.Keys;
    }
}
