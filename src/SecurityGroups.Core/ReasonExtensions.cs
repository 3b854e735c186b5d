namespace SecurityGroups;

/// <summary>Facts about reasons.</summary>
public static class ReasonExtensions
{
    /// <summary>Whether packets with this reason are allowed.</summary>
    public static bool IsAllow(this Reason reason) => reason
        is Reason.MatchedRule or Reason.Established or Reason.Related or Reason.Infrastructure or Reason.NicSecurityOff or Reason.PassIgnored;

    /// <summary>The name that metrics and the tool print: <c>noMatchingRule</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the list.</exception>
    public static string ToCamelCase(this Reason reason)
    {
        string name = Enum.GetName(reason) ?? throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason.");
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
