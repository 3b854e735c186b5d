namespace SecurityGroups.Tracking;

/// <summary>The numbers that were chosen, not derived.</summary>
internal static class TrackingTuning
{
    /// <summary>Index slots per entry: half of them stay empty, so 2 % of the connections lie outside their home bucket (Poisson, mean 4 of 8).</summary>
    public const int SlotsPerEntry = 2;

    /// <summary>Buckets after the home bucket that may take its connections; bounds every probe. All eight are full for one flow in ten million.</summary>
    public const int MaxSpill = 7;

    /// <summary>Entries the clock hand looks at per new connection: at most a quarter of the table is expired rest.</summary>
    public const int HandSteps = 4;

    /// <summary>Entries it looks at when a zone is at its quota: one NIC must not spend the time of all.</summary>
    public const int HandStepsAtQuota = 64;

    /// <summary>
    /// How seldom the whole table is swept for zones at their quota: a millisecond for as many entries, so that sweeping takes a few percent
    /// of one processor, but no longer than <see cref="MaxSweepMilliseconds"/>.
    /// </summary>
    public const int SweptEntriesPerMillisecond = 4096;

    /// <summary>How long an expired connection may count against a quota at most.</summary>
    public const int MaxSweepMilliseconds = 1000;

    /// <summary>Entries it looks at when there is no room; bounds the cost of a denied packet.</summary>
    public const int HandStepsWhenFull = 1024;
}
