using System.Runtime.InteropServices;

namespace SecurityGroups;

/// <summary>
/// A verdict and its reason. The default value denies with <see cref="Reason.NotEvaluated"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Decision
{
    private const int VerdictShift = 8;

    // Rule number (Allow) or hold token (Hold); 0 = none.
    private readonly long _detail;

    // Verdict and reason in one word, which stays in a register where two octets would go through memory.
    private readonly uint _code;

    internal Decision(Verdict verdict, Reason reason, long detail = 0)
    {
        _code = (uint)reason | ((uint)verdict << VerdictShift);
        _detail = detail;
    }

    /// <summary>Allow, deny or hold.</summary>
    public Verdict Verdict => (Verdict)(byte)(_code >> VerdictShift);

    /// <summary>Why.</summary>
    public Reason Reason => (Reason)(byte)_code;

    /// <summary>Whether the packet may be forwarded now; false for <see cref="Verdict.Hold"/>.</summary>
    public bool IsAllowed => Verdict == Verdict.Allow;

    /// <summary>The number of the rule that admitted the packet, 0 when none did; <see cref="Firewall.TryGetRule"/> names it.</summary>
    public long RuleNumber => Verdict == Verdict.Allow ? _detail : 0;

    /// <summary>The token to ask again with when the verdict is <see cref="Verdict.Hold"/>, otherwise 0.</summary>
    public long HoldToken => Verdict == Verdict.Hold ? _detail : 0;

    /// <summary>Whether verdict and reason are the same.</summary>
    internal bool IsAlike(Decision other) => _code == other._code;

    internal static Decision Allow(Reason reason, long ruleNumber = 0) => new(Verdict.Allow, reason, ruleNumber);

    internal static Decision Deny(Reason reason) => new(Verdict.Deny, reason);

    /// <summary>The verdict and the reason, as <c>Deny (NoMatchingRule)</c>.</summary>
    public override string ToString() => $"{Verdict} ({Reason})";
}
