namespace SecurityGroups.Tracking;

/// <summary>The connection a packet would belong to, and the hash of its key. The default value: packets of this kind have none.</summary>
internal readonly struct Flow(in FlowKey key, ulong hash)
{
    public readonly FlowKey Key = key;
    public readonly ulong Hash = hash;
    public readonly bool IsTracked = true;
}
