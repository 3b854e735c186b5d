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

    /// <summary>
    /// Entries drawn for one eviction: the victim is older than fifteen others, and of a rank that has a quarter of the table one draw in a
    /// hundred has none (then it is drawn again).
    /// </summary>
    public const int SampleEntries = 16;

    /// <summary>Entries drawn at most: a quarter of the table is missed by one search in 10^8. Bounds the cost of a denied packet.</summary>
    public const int MaxSampledEntries = 64;

    /// <summary>Connections of a zone's list looked at for one eviction.</summary>
    public const int ListedSample = 8;

    /// <summary>Attempts of one newcomer to evict; more than one only if another thread was faster.</summary>
    public const int MaxEvictions = 4;

    /// <summary>Connections of a zone that end for one newcomer: two that may go, the others had expired.</summary>
    public const int MaxEnded = 64;

    /// <summary>How long a stream or half closed connection is silent before it may go: the idle time of a single exchange.</summary>
    public const long SilentMilliseconds = 30_000;

    /// <summary>After so long neither end of a revoked connection sends any more: Linux gives up after 924.6 s (tcp_retries2), RFC 9293 asks for 100 s.</summary>
    public const long GivenUpMilliseconds = 1_000_000;

    /// <summary>One part in as many of the table is free when pressure begins: 95 % (Linux begins there, too).</summary>
    public const int PressureReserve = 20;

    /// <summary>One part in as many of the table is free when pressure ends.</summary>
    public const int ReliefReserve = 10;

    /// <summary>Entries the hand looks at per new connection under pressure.</summary>
    public const int HandStepsUnderPressure = 16;

    /// <summary>Under pressure the hand ends unreplied, half-open and closing connections after this part of their idle time.</summary>
    public const int PressureDivisor = 4;
}
