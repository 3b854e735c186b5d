namespace SecurityGroups.Mutation;

/// <summary>Which mutants each test reaches, and how much processor time it takes.</summary>
internal sealed record Reach(Dictionary<string, TestReach> Tests)
{
    /// <summary>Those that some test reaches. What none reaches is dead, or in a type initializer, which runs once for all tests.</summary>
    public HashSet<int> All() => [.. Tests.Values.SelectMany(test => test.Mutants)];
}

internal sealed record TestReach(double Milliseconds, IReadOnlyList<int> Mutants);
