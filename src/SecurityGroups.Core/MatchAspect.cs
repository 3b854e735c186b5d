namespace SecurityGroups;

/// <summary>The parts of a rule that a packet may fail to match.</summary>
public enum MatchAspect : byte
{
    /// <summary>Ethertype.</summary>
    Ethertype = 1,

    /// <summary>Protocol.</summary>
    Protocol,

    /// <summary>Destination port.</summary>
    Port,

    /// <summary>ICMP type or code.</summary>
    Icmp,

    /// <summary>Remote address or group.</summary>
    Remote,
}
