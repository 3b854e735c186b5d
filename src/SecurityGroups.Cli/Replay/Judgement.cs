namespace SecurityGroups.Cli.Replay;

/// <summary>What came out for a packet at one NIC, or that there was nothing to judge.</summary>
/// <param name="Nic">The NIC; null when the packet concerns none.</param>
/// <param name="Direction">Which way, seen from the NIC.</param>
/// <param name="Verdict">The verdict; null = none.</param>
/// <param name="Reason">Why, in camelCase; null when the packet concerns no NIC.</param>
/// <param name="Rule">The rule that admitted it, if one did.</param>
internal readonly record struct Judgement(JudgedNic? Nic, Direction Direction, Verdict? Verdict, string? Reason, RuleReference? Rule)
{
    /// <summary>Reason of a verdict none: the capture cut the headers off.</summary>
    public const string TruncatedCapture = "truncatedCapture";

    /// <summary>Reason of a verdict none: a cooked packet that is neither IPv4 nor IPv6.</summary>
    public const string NotIp = "notIp";

    public static Judgement None(string? reason = null) => new(null, default, null, reason, null);
}
