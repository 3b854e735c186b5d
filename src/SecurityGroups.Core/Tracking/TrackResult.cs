namespace SecurityGroups.Tracking;

/// <summary>What the tracker makes of a packet. The default value: no live connection, so the packet goes on to the rules.</summary>
/// <remarks>One word, so that it stays in a register: octets written one by one and read together make the processor wait.</remarks>
internal readonly record struct TrackResult
{
    private const int VerdictShift = 8;
    private const uint FoundBit = 1 << 16;
    private const uint ToleratedBit = 1 << 17;
    private const uint ReuseBit = 1 << 18;
    private readonly uint _bits;

    private TrackResult(uint bits) => _bits = bits;

    /// <summary>It passes, and changes neither state nor timers: its receiver judges it.</summary>
    public static TrackResult Ignored => Allow(Reason.PassIgnored);

    /// <summary>Whether a connection (or the tombstone of one) decided.</summary>
    public bool Found => (_bits & FoundBit) != 0;

    /// <summary>Meaningful when <see cref="Found"/>.</summary>
    public Verdict Verdict => (Verdict)(byte)(_bits >> VerdictShift);

    /// <summary>Meaningful when <see cref="Found"/>.</summary>
    public Reason Reason => (Reason)(byte)_bits;

    /// <summary>Whether the packet passed only because the window check logs instead of enforcing.</summary>
    public bool IsTolerated => (_bits & ToleratedBit) != 0;

    /// <summary>Whether the packet would use a closed five-tuple anew: if the rules allow it, its connection makes room.</summary>
    public bool IsReuse => (_bits & ReuseBit) != 0;

    /// <summary>A SYN that would use a closed five-tuple anew, and is denied unless the rules allow it.</summary>
    public static TrackResult Reuse => new(Deny(Reason.NoMatchingRule)._bits | ReuseBit);

    public static TrackResult Allow(Reason reason) => new((uint)reason | ((uint)Verdict.Allow << VerdictShift) | FoundBit);

    public static TrackResult Deny(Reason reason) => new((uint)reason | ((uint)Verdict.Deny << VerdictShift) | FoundBit);

    /// <summary>The same result, tolerated or not.</summary>
    public TrackResult Tolerated(bool isTolerated) => isTolerated ? new TrackResult(_bits | ToleratedBit) : this;
}
