namespace SecurityGroups.Tracking;

/// <summary>What the tracker makes of a packet. The default value: no live connection, so the packet goes on to the rules.</summary>
/// <param name="Found">Whether a connection (or the tombstone of one) decided.</param>
/// <param name="Verdict">Meaningful when <paramref name="Found"/>.</param>
/// <param name="Reason">Meaningful when <paramref name="Found"/>.</param>
internal readonly record struct TrackResult(bool Found, Verdict Verdict, Reason Reason)
{
    /// <summary>It passes, and changes neither state nor timers: its receiver judges it.</summary>
    public static TrackResult Ignored => new(true, Verdict.Allow, Reason.PassIgnored);

    /// <summary>Whether the packet passed only because the window check logs instead of enforcing.</summary>
    public bool IsTolerated { get; init; }

    /// <summary>Whether the packet would use a closed five-tuple anew: if the rules allow it, its connection makes room.</summary>
    public bool IsReuse { get; init; }
}
