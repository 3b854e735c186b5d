using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SecurityGroups.Match;

/// <summary>Ascending keys: how many of them are below a given one. Immutable, any thread, no allocation.</summary>
/// <remarks>
/// A search tree without pointers. Nodes of a level stand one behind the other, K keys each; the leaves hold all keys in order, and a node
/// above has K + 1 children and the first key of each child but the first. Above them all is one run of nodes, the top, which has the first
/// key of every node of the highest level but its first:
/// <code>
/// top:      up to 2K keys, count c of them below   ->  node c of level 1; where there is no level, c keys are below
/// level 1:  node n, count c of its keys below      ->  node n(K + 1) + c of the next level
/// leaves:   leaf n, count c                        ->  nK + c keys are below
/// </code>
/// Every search takes as many steps as the tree has levels and each step is a compare of whole vectors, so nothing depends on the key but
/// addresses: the processor mispredicts nothing and searches for different keys overlap. That is worth more than fewer steps: a
/// mispredicted branch costs as much as two of them. A second node in the top saves a level where one is too small, and costs less: both are
/// read at once, while levels wait for each other. Cost: a node a level, 17-way for 32 bits; the keys and a sixteenth of them in memory.
/// <para>
/// The keys of a burst go down together, level by level, so that dozens of nodes are on their way from memory at once and no step waits for
/// the one before. At the top all keys of the burst meet the same nodes, and the compare is turned round: one of the node's keys with all of
/// the burst's, which counts without leaving the vectors.
/// </para>
/// </remarks>
internal readonly struct RankTree<TNode, TKey>
    where TNode : unmanaged, IRankNode<TNode, TKey>
{
    // Three nodes gain nothing over two (match race).
    private const int MaxTopNodes = 2;
    private readonly CacheLines<TNode> _nodes;
    private readonly int[] _firstNodes;
    private readonly int _topNodes;
    private readonly int _topKeys;

    /// <param name="keys">Ascending.</param>
    public RankTree(ReadOnlySpan<TKey> keys)
    {
        int[] counts = NodeCounts(keys.Length);
        _firstNodes = new int[counts.Length];
        _topKeys = counts.Length == 0 ? keys.Length : counts[0] - 1;
        _topNodes = DivideUp(_topKeys, TNode.Keys);
        List<TNode> nodes = [];
        AddNodes(nodes, keys, _topNodes, counts.Length, TNode.Keys);
        for (int level = 0; level < counts.Length; level++)
        {
            int height = counts.Length - 1 - level;
            _firstNodes[level] = nodes.Count;
            AddNodes(nodes, keys, counts[level], height, height == 0 ? TNode.Keys : TNode.Keys + 1);
        }

        _nodes = new CacheLines<TNode>(CollectionsMarshal.AsSpan(nodes));
    }

    public long Octets => _nodes.Octets + (_firstNodes.Length * sizeof(int));

    /// <summary>How many keys are below a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CountBelow(in TKey key)
    {
        // Unchecked: node numbers come from counts of at most K, and keys that fill up a node are below nothing.
        ref TNode nodes = ref _nodes[0];
        int next = 0;
        for (int i = 0; i < _topNodes; i++)
        {
            next += TNode.CountBelow(ref Unsafe.Add(ref nodes, i), key);
        }

        int node = 0;
        foreach (int first in _firstNodes)
        {
            node = next;
            next = (node * (TNode.Keys + 1)) + TNode.CountBelow(ref Unsafe.Add(ref nodes, first + node), key);
        }

        // The last step counted leaves of K + 1 keys, one too many for each leaf before.
        return next - node;
    }

    /// <summary>How many keys are below each of a burst's first keys.</summary>
    /// <remarks>Never part of its caller: a method may inline only so much, and what would be left over are the steps.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void CountBelow(ref Burst<TKey> keys, int length, ref Burst<int> counts)
    {
        TNode.CountBelow(ref _nodes[0], _topKeys, ref keys, ref counts);
        for (int level = 0; level < _firstNodes.Length - 1; level++)
        {
            Descend(ref _nodes[_firstNodes[level]], TNode.Keys + 1, ref keys[0], length, ref counts[0]);
        }

        if (_firstNodes.Length > 0)
        {
            Descend(ref _nodes[_firstNodes[^1]], TNode.Keys, ref keys[0], length, ref counts[0]);
        }
    }

    /// <summary>Takes each key from its node of a level to the node, or the key, that it belongs to on the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Descend(ref TNode level, int children, ref TKey key, int length, ref int node)
    {
        // Unchecked: as above; steps of four end within the burst. Four, because the loop costs as much as half a step.
        for (; length > 0; length -= 4)
        {
            Step(ref level, children, ref key, ref node);
            Step(ref level, children, ref Unsafe.Add(ref key, 1), ref Unsafe.Add(ref node, 1));
            Step(ref level, children, ref Unsafe.Add(ref key, 2), ref Unsafe.Add(ref node, 2));
            Step(ref level, children, ref Unsafe.Add(ref key, 3), ref Unsafe.Add(ref node, 3));
            key = ref Unsafe.Add(ref key, 4);
            node = ref Unsafe.Add(ref node, 4);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(ref TNode level, int children, ref TKey key, ref int node)
    {
        uint number = (uint)node;
        node = ((int)number * children) + TNode.CountBelow(ref Unsafe.Add(ref level, number), key);
    }

    /// <summary>How many nodes each level below the top has, from the highest.</summary>
    private static int[] NodeCounts(int keys)
    {
        List<int> counts = [];
        for (int top = keys; top > MaxTopNodes * TNode.Keys; top = counts[0] - 1)
        {
            counts.Insert(0, counts.Count == 0 ? DivideUp(keys, TNode.Keys) : DivideUp(counts[0], TNode.Keys + 1));
        }

        return [.. counts];
    }

    private static int DivideUp(int dividend, int divisor) => (int)(((long)dividend + divisor - 1) / divisor);

    /// <summary>Adds nodes that have so many levels below them, each so many children (leaves: keys) behind the one before.</summary>
    private static void AddNodes(List<TNode> nodes, ReadOnlySpan<TKey> keys, int count, int height, int children)
    {
        long stride = height == 0 ? 1 : TNode.Keys;
        for (int level = 1; level < height; level++)
        {
            stride *= TNode.Keys + 1;
        }

        for (int n = 0; n < count; n++)
        {
            TNode node = TNode.Empty;
            long position = (((long)n * children) + (height == 0 ? 0 : 1)) * stride;
            for (int i = 0; i < TNode.Keys && position < keys.Length; i++, position += stride)
            {
                node.Set(i, keys[(int)position]);
            }

            nodes.Add(node);
        }
    }
}
