using System.Runtime.InteropServices;

namespace SecurityGroups;

/// <summary>
/// A verdict and its reason. The default value denies with <see cref="Reason.NotEvaluated"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Decision
{
    // Rule number (Allow) or hold token (Hold); 0 = none.
    private readonly long _detail;
    private readonly Verdict _verdict;
    private readonly Reason _reason;

    internal Decision(Verdict verdict, Reason reason, long detail = 0)
    {
        _verdict = verdict;
        _reason = reason;
        _detail = detail;
    }

    /// <summary>Allow, deny or hold.</summary>
    public Verdict Verdict => _verdict;

    /// <summary>Why.</summary>
    public Reason Reason => _reason;

    /// <summary>Whether the packet may be forwarded now; false for <see cref="Verdict.Hold"/>.</summary>
    public bool IsAllowed => _verdict == Verdict.Allow;

    /// <summary>The number of the rule that admitted the packet, 0 when none did; <see cref="Firewall.TryGetRule"/> names it.</summary>
    public long RuleNumber => _verdict == Verdict.Allow ? _detail : 0;

    /// <summary>The token to ask again with when the verdict is <see cref="Verdict.Hold"/>, otherwise 0.</summary>
    public long HoldToken => _verdict == Verdict.Hold ? _detail : 0;

    internal static Decision Allow(Reason reason, long ruleNumber = 0) => new(Verdict.Allow, reason, ruleNumber);

    internal static Decision Deny(Reason reason) => new(Verdict.Deny, reason);

    /// <summary>The verdict and the reason, as <c>Deny (NoMatchingRule)</c>.</summary>
    public override string ToString() => $"{_verdict} ({_reason})";
}
