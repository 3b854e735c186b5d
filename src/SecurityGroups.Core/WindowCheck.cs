namespace SecurityGroups;

/// <summary>What the TCP sequence window check does with a packet outside the window.</summary>
public enum WindowCheck : byte
{
    /// <summary>Deny it.</summary>
    Enforce = 0,

    /// <summary>Count it and pass it.</summary>
    Log = 1,

    /// <summary>Do not check.</summary>
    Off = 2,
}
