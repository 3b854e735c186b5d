namespace SecurityGroups;

/// <summary>What an event tells.</summary>
public enum FirewallEventKind : byte
{
    /// <summary>Nothing; the value of <c>default(FirewallEvent)</c>.</summary>
    None = 0,

    /// <summary>A tracked connection began, was restored, or lives on after a revocation because the rules allow it again.</summary>
    ConnectionStarted,

    /// <summary>A tracked connection ended; exactly one such event follows each start.</summary>
    ConnectionEnded,

    /// <summary>A packet was denied.</summary>
    PacketDenied,

    /// <summary>A TCP packet that its window forbids passed, because <see cref="WindowCheck.Log"/> only tells of it.</summary>
    PacketTolerated,
}
