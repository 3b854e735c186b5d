namespace SecurityGroups.Cli.Replay;

/// <summary>A captured packet as an Ethernet frame; valid until the next packet is shown.</summary>
/// <param name="octets">The frame.</param>
/// <param name="originalLength">Octets the frame had before the capture cut it.</param>
/// <param name="hasMacs">Whether its hardware addresses come from the capture; otherwise they are made up and tell nothing.</param>
internal readonly ref struct Frame(ReadOnlySpan<byte> octets, int originalLength, bool hasMacs)
{
    public ReadOnlySpan<byte> Octets { get; } = octets;

    public int OriginalLength { get; } = originalLength;

    public bool HasMacs { get; } = hasMacs;
}
