namespace SecurityGroups;

/// <summary>What to do with a packet. The default value is <see cref="Deny"/>.</summary>
public enum Verdict : byte
{
    /// <summary>Drop the packet silently; nothing is sent back.</summary>
    Deny = 0,

    /// <summary>Forward the packet.</summary>
    Allow = 1,

    /// <summary>Keep the packet and ask again with the decision's token; only given when early later fragments are to be held.</summary>
    Hold = 2,
}
