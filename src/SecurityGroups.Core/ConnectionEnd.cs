namespace SecurityGroups;

/// <summary>Why a tracked connection ended.</summary>
public enum ConnectionEnd : byte
{
    /// <summary>It was idle for longer than its state allows; so do closed TCP connections end, too.</summary>
    Expired = 0,

    /// <summary>A TCP reset refused or abandoned it before it was established.</summary>
    Reset,

    /// <summary>A new TCP connection took its place: a SYN that uses the closed five-tuple anew, or one that the rules allow after a revocation.</summary>
    Replaced,

    /// <summary>It had to make room for another one.</summary>
    Evicted,

    /// <summary>The host removed it.</summary>
    Removed,

    /// <summary>Its NIC was removed, or stopped tracking.</summary>
    NicRemoved,

    /// <summary>The rules no longer allow it. It is still remembered, and its packets are denied (<see cref="ConnectionInfo.IsRevoked"/>).</summary>
    Revoked,
}
