namespace SecurityGroups.Tests.Conformance;

/// <summary>What a packet must get: one reason, or any of several where the documents only say that it passes.</summary>
internal sealed record Expect(string Text, params Reason[] Reasons)
{
    /// <summary>Passes as part of a tracked connection, whether or not it touches its state.</summary>
    public static Expect Tracked { get; } = new("Established or PassIgnored", Reason.Established, Reason.PassIgnored);

    /// <summary>Passes, whatever the reason: with the window check off or logging only, the reason may still tell what was wrong.</summary>
    public static Expect Passed { get; } = new("any allow") { AnyReason = true };

    /// <summary>Held until its first fragment comes.</summary>
    public static Expect Held { get; } = new("Hold", Reason.LaterFragmentWithoutFirst) { IsHeld = true };

    private bool IsHeld { get; init; }

    private bool AnyReason { get; init; }

    public static implicit operator Expect(Reason reason) => new(reason.ToString(), reason);

    /// <summary>The words of <see cref="Script"/>; anything else is the name of a reason.</summary>
    public static Expect Parse(string word) => word switch
    {
        "new" => Reason.MatchedRule,
        "est" => Reason.Established,
        "ign" => Reason.PassIgnored,
        "ok" => Tracked,
        "passed" => Passed,
        _ => Enum.Parse<Reason>(word),
    };

    /// <summary>The verdict that belongs to a reason, by the closed list of decisions.md.</summary>
    public static Verdict VerdictOf(Reason reason) => reason is Reason.MatchedRule or Reason.Established or Reason.Related
        or Reason.Infrastructure or Reason.NicSecurityOff or Reason.PassIgnored
        ? Verdict.Allow
        : Verdict.Deny;

    public bool Accepts(Decision decision) => AnyReason
        ? decision.IsAllowed
        : Reasons.Contains(decision.Reason) && decision.Verdict == (IsHeld ? Verdict.Hold : VerdictOf(decision.Reason));
}
