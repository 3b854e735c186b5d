namespace SecurityGroups.Tests.Properties;

/// <summary>One step of a scenario. Steps stand alone: a scenario stays a scenario when some are left out, so that it can shrink.</summary>
internal abstract record Step
{
    /// <summary>One end of a conversation sends.</summary>
    public sealed record Say(int Conversation, bool FromInitiator, Talk Talk, Flaw Flaw, int Salt) : Step;

    /// <summary>Something else arrives at a NIC.</summary>
    public sealed record Meet(string NicId, Direction Direction, Stray Stray, Flaw Flaw, int Salt) : Step;

    /// <summary>Time passes, or jumps back.</summary>
    public sealed record Wait(int Milliseconds) : Step;

    /// <summary>The policy changes.</summary>
    public sealed record Edit(Change Change, int Salt) : Step;
}
