namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>Where the impaired network lies, seen from the library: a tracker that sees packets before the loss believes other things than one behind it.</summary>
internal enum Placement
{
    /// <summary>Between the library and the outside: the library stands next to the instance.</summary>
    NextToInstance,

    /// <summary>Between the instance and the library: the library stands next to the outside.</summary>
    NextToOutside,

    /// <summary>On both sides of the library.</summary>
    Between,
}
