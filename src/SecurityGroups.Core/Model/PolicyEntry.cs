namespace SecurityGroups;

/// <summary>One group or NIC of a policy and where it stands in what the user wrote.</summary>
/// <param name="Value">The group or NIC.</param>
/// <param name="Path">Its path: <c>securityGroups[0]</c>.</param>
internal readonly record struct PolicyEntry<T>(T Value, string Path)
{
    /// <summary>Where its rules stand in a document, those left out that could not be read; null = they count from 0.</summary>
    public IReadOnlyList<JsonPlace>? RulePlaces { get; init; }

    /// <summary>Whether parts could not be read: errors about what is missing would only repeat that.</summary>
    public bool IsPartial { get; init; }

    /// <summary>The path of a rule by its position in the group.</summary>
    public string RulePath(int position) => RulePlaces?[position].ToString() ?? $"{Path}.rules[{position}]";
}
