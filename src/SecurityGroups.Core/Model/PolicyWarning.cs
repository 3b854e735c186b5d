namespace SecurityGroups;

/// <summary>Something in a valid policy that likely does not do what its author meant.</summary>
/// <param name="Path">Where, as a JSON path: <c>securityGroups[0].rules[2].protocol</c>.</param>
/// <param name="Code">What, as a stable code: <c>protocol.neverMatches</c>.</param>
/// <param name="Message">One sentence, with the fix.</param>
public sealed record PolicyWarning(string Path, string Code, string Message)
{
    /// <summary>Path, sentence and code on one line.</summary>
    public override string ToString() => $"{Path}: {Message} ({Code})";
}
