namespace SecurityGroups.Match;

/// <summary>When the membership of addresses last changed, by buckets of addresses. Immutable, any thread.</summary>
/// <remarks>
/// 4,096 buckets in 64 blocks: a change copies the block and the list of blocks, less than a kilobyte. A bucket answers for all its
/// addresses, so a change of one has about 1 in 4,096 of the others checked again for nothing. A change of a prefix raises the floor, which
/// is all buckets at once.
/// </remarks>
internal sealed class ChangeStamps
{
    private const int BlockBits = 6;
    private const int BlockSize = 1 << BlockBits;
    private readonly uint[][] _blocks;
    private readonly uint _floor;

    private ChangeStamps(uint[][] blocks, uint floor, uint latest)
    {
        _blocks = blocks;
        _floor = floor;
        Latest = latest;
    }

    public static ChangeStamps Empty { get; } = new([.. Enumerable.Repeat(new uint[BlockSize], BlockSize)], 0, 0);

    /// <summary>The generation of the last change of any address.</summary>
    public uint Latest { get; }

    /// <summary>The generation of the last change of an address that shares a bucket with this one.</summary>
    public uint Last(in MemberKey key) => Math.Max(_floor, _blocks[BlockOf(key)][SlotOf(key)]);

    /// <summary>The stamps after some members changed.</summary>
    public ChangeStamps With(List<MemberKey> changed, uint generation)
    {
        if (changed.Exists(key => !key.IsAddress))
        {
            return new ChangeStamps(_blocks, generation, generation);
        }

        if (changed.Count == 0)
        {
            return this;
        }

        uint[][] blocks = (uint[][])_blocks.Clone();
        foreach (MemberKey key in changed)
        {
            int block = BlockOf(key);
            blocks[block] = blocks[block] == _blocks[block] ? (uint[])_blocks[block].Clone() : blocks[block];
            blocks[block][SlotOf(key)] = generation;
        }

        return new ChangeStamps(blocks, _floor, generation);
    }

    private static int BlockOf(in MemberKey key) => (int)(key.Hash >> BlockBits) & (BlockSize - 1);

    private static int SlotOf(in MemberKey key) => (int)key.Hash & (BlockSize - 1);
}
