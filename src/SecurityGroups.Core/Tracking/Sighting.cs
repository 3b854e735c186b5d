namespace SecurityGroups.Tracking;

/// <summary>
/// Where the connection of a hash seems to be: an entry, the bucket that names it and what the bucket's version was before. Seen without a lock, so
/// whoever uses it compares the key, and either locks the entry or asks for the version again.
/// </summary>
internal readonly struct Sighting(uint bucket, uint index, uint version)
{
    private const uint NoIndex = uint.MaxValue;

    public readonly uint Bucket = bucket;
    public readonly uint Index = index;
    public readonly uint Version = version;

    /// <summary>There is no such connection, if none comes meanwhile.</summary>
    public static Sighting None => new(0, NoIndex, 0);

    public bool IsNone => Index == NoIndex;
}
