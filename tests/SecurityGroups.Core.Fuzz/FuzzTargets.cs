using SecurityGroups.Fuzz.Targets;

namespace SecurityGroups.Fuzz;

/// <summary>Every target there is.</summary>
internal static class FuzzTargets
{
    private static readonly Func<FuzzTarget>[] s_all =
    [
        () => new ParserTarget(), () => new FilterTarget(), () => new ConversationTarget(), () => new MatcherTarget(), () => new TableTarget(),
        () => new ScenarioTarget(), () => new FragmentTarget(), () => new PolicyJsonTarget(), () => new CaptureTarget(), () => new SavedConnectionsTarget(),
    ];

    public static FuzzTarget[] CreateAll() => [.. s_all.Select(create => create())];

    public static FuzzTarget? Find(string name) => CreateAll().FirstOrDefault(target => target.Name == name);
}
