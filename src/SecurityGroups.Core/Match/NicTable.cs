namespace SecurityGroups.Match;

/// <summary>
/// NICs by slot: a persistent array in chunks of 256, so that changing one NIC of many thousand copies a chunk and the list of chunks.
/// Immutable, any thread; a lookup is two dependent loads.
/// </summary>
internal sealed class NicTable
{
    private const int ChunkBits = 8;
    private const int ChunkMask = (1 << ChunkBits) - 1;

    private readonly NicBinding?[][] _chunks;

    private NicTable(NicBinding?[][] chunks) => _chunks = chunks;

    public static NicTable Empty { get; } = new([]);

    /// <summary>The NIC in a slot; null when the slot is free.</summary>
    public NicBinding? this[int slot]
    {
        get
        {
            NicBinding?[][] chunks = _chunks;
            int chunk = slot >> ChunkBits;
            return (uint)chunk < (uint)chunks.Length ? chunks[chunk][slot & ChunkMask] : null;
        }
    }

    /// <summary>Every NIC, by slot.</summary>
    public IEnumerable<NicBinding> All() => _chunks.SelectMany(chunk => chunk).OfType<NicBinding>();

    /// <summary>A copy with other contents in some slots.</summary>
    public NicTable With(IReadOnlyCollection<KeyValuePair<int, NicBinding?>> changes)
    {
        if (changes.Count == 0)
        {
            return this;
        }

        int count = Math.Max(_chunks.Length, (changes.Max(change => change.Key) >> ChunkBits) + 1);
        NicBinding?[][] chunks = new NicBinding?[count][];
        _chunks.CopyTo(chunks, 0);
        HashSet<int> copied = [];
        foreach ((int slot, NicBinding? nic) in changes)
        {
            int chunk = slot >> ChunkBits;
            if (copied.Add(chunk))
            {
                chunks[chunk] = chunks[chunk] is { } old ? (NicBinding?[])old.Clone() : new NicBinding?[1 << ChunkBits];
            }

            chunks[chunk][slot & ChunkMask] = nic;
        }

        FillGaps(chunks);
        return new NicTable(chunks);
    }

    private static void FillGaps(NicBinding?[][] chunks)
    {
        for (int i = 0; i < chunks.Length; i++)
        {
            chunks[i] ??= new NicBinding?[1 << ChunkBits];
        }
    }
}
