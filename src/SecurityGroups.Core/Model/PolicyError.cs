namespace SecurityGroups;

/// <summary>One thing wrong with a policy.</summary>
/// <param name="Path">Where, as a JSON path: <c>securityGroups[0].rules[2].portRange</c>; <c>$</c> is the whole.</param>
/// <param name="Code">What, as a stable code: <c>port.zero</c>.</param>
/// <param name="Message">One sentence, with the fix.</param>
public sealed record PolicyError(string Path, string Code, string Message)
{
    /// <summary>Path, sentence and code on one line.</summary>
    public override string ToString() => $"{Path}: {Message} ({Code})";
}
