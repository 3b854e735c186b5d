using System.Runtime.CompilerServices;

namespace SecurityGroups.Match;

/// <summary>When the membership of addresses last changed, by buckets of addresses. Immutable, any thread.</summary>
/// <remarks>
/// 4,096 buckets in 64 blocks: a change copies the block and the list of blocks, less than a kilobyte. A bucket answers for all its
/// addresses, so a change of one has about 1 in 4,096 of the others checked again for nothing. A change of a prefix is
/// one of all buckets.
/// While members come and go many times a second, nearly every packet asks, with a stamp a change or two old. So the latest change is told from
/// those before it without a look at the buckets. The hash is short and no secret: who chooses addresses that share a bucket has them
/// checked more often, no more.
/// </remarks>
internal sealed class ChangeStamps
{
    private const int BlockBits = 6;
    private const int BlockSize = 1 << BlockBits;
    private const ulong HighFactor = 0xD6E8FEB86659FD93;
    private const ulong ScopeFactor = 0xA0761D6478BD642F;
    private const ulong Factor = 0x9E3779B97F4A7C15;
    private readonly uint[][] _blocks;
    private readonly int _latestBucket;

    // No other bucket than _latestBucket has changed since; the generation of the latest change where that was of several.
    private readonly uint _earlier;

    private ChangeStamps(uint[][] blocks, int latestBucket, uint earlier)
    {
        _blocks = blocks;
        _latestBucket = latestBucket;
        _earlier = earlier;
    }

    public static ChangeStamps Empty { get; } = AllAt(0);

    /// <summary>Whether no address that shares a bucket with this one has changed in a later generation than <paramref name="stamp"/>.</summary>
    /// <param name="stamp">The generation.</param>
    /// <param name="bits">The address.</param>
    /// <param name="scope"><see cref="MemberKey.ScopeOf"/> the address.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsUnchangedSince(uint stamp, UInt128 bits, ulong scope)
    {
        int bucket = BucketOf(bits, scope);
        return (bucket != _latestBucket && Generations.IsSince(stamp, _earlier))
            || Generations.IsSince(stamp, At(bucket));
    }

    /// <summary>The stamps after some members changed.</summary>
    public ChangeStamps With(List<MemberKey> changed, uint generation)
    {
        if (changed.Exists(key => !key.IsAddress))
        {
            return AllAt(generation);
        }

        if (changed.Count == 0)
        {
            return this;
        }

        uint[][] blocks = (uint[][])_blocks.Clone();
        int latest = BucketOf(changed[0]);
        uint earlier = At(_latestBucket);
        foreach (MemberKey key in changed)
        {
            int bucket = BucketOf(key);
            int block = BlockOf(bucket);
            blocks[block] = blocks[block] == _blocks[block] ? (uint[])_blocks[block].Clone() : blocks[block];
            blocks[block][SlotOf(bucket)] = generation;
            earlier = bucket == latest ? earlier : generation;
        }

        return new ChangeStamps(blocks, latest, earlier);
    }

    private static ChangeStamps AllAt(uint generation)
    {
        uint[] block = new uint[BlockSize];
        Array.Fill(block, generation);
        return new ChangeStamps([.. Enumerable.Repeat(block, BlockSize)], 0, generation);
    }

    private uint At(int bucket) => _blocks[BlockOf(bucket)][SlotOf(bucket)];

    private static int BlockOf(int bucket) => bucket >> BlockBits;

    private static int SlotOf(int bucket) => bucket & (BlockSize - 1);

    private static int BucketOf(in MemberKey key) => BucketOf(key.Bits, key.Scope);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BucketOf(UInt128 bits, ulong scope) =>
        (int)((((ulong)bits + ((ulong)(bits >> 64) * HighFactor)) ^ (scope * ScopeFactor)) * Factor >> (64 - (2 * BlockBits)));
}
