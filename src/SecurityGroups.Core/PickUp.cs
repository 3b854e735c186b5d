namespace SecurityGroups;

/// <summary>Whether a TCP connection may be joined in the middle, without its SYN.</summary>
public enum PickUp : byte
{
    /// <summary>Never: the first packet must be a SYN.</summary>
    Strict = 0,

    /// <summary>In both directions, where the rules allow the packet.</summary>
    Loose = 1,

    /// <summary>Only for packets that leave the instance.</summary>
    LooseEgressOnly = 2,
}
