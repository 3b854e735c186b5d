namespace SecurityGroups;

/// <summary>How a decision comes about.</summary>
public sealed record Explanation
{
    /// <summary>What would be decided.</summary>
    public Decision Decision { get; init; }
}
