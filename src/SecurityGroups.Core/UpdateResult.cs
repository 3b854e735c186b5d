namespace SecurityGroups;

/// <summary>What an update published.</summary>
/// <param name="Generation">Number of the ruleset now in force.</param>
/// <param name="CompiledForms">How many sets of groups were compiled anew; the others are shared with the ruleset before.</param>
/// <param name="Duration">Time from the call to the publication.</param>
public sealed record UpdateResult(long Generation, int CompiledForms, TimeSpan Duration);
