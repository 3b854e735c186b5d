namespace SecurityGroups.Cli.Replay;

/// <summary>What became of a packet at all the NICs it concerns; the worst of several is the highest.</summary>
internal enum PacketFate : byte
{
    /// <summary>It concerns no NIC.</summary>
    NotJudged = 0,

    /// <summary>Every NIC it concerns allows it.</summary>
    Allowed,

    /// <summary>The capture holds too little of it.</summary>
    Unknown,

    /// <summary>A NIC denies it.</summary>
    Denied,
}
