namespace SecurityGroups.Packets;

/// <summary>What a parser accepts; made once from the firewall's options.</summary>
internal readonly record struct ParserOptions(bool VerifyChecksums, bool AllowPortZero, bool AllowSourceRoute)
{
    /// <summary>Replay only: an IPv4 total length of 0 is read as the original length (segmentation offload).</summary>
    public bool SegmentationOffload { get; init; }
}
