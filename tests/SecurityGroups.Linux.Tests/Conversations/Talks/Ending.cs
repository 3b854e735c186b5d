namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>How a short connection ends.</summary>
internal enum Ending : byte
{
    /// <summary>The initiator closes when it has the answer.</summary>
    InitiatorCloses,

    /// <summary>The responder closes behind its answer.</summary>
    ResponderCloses,

    /// <summary>The initiator closes its half behind the question, the responder answers and closes the other.</summary>
    HalfClose,

    /// <summary>Both close at about the same time.</summary>
    BothClose,

    /// <summary>The initiator resets when it has the answer.</summary>
    InitiatorResets,

    /// <summary>The responder resets behind its answer, which may be lost with it.</summary>
    ResponderResets,

    /// <summary>The initiator closes without waiting for the answer.</summary>
    Abandoned,

    /// <summary>The initiator closes without a word.</summary>
    Silent,
}
