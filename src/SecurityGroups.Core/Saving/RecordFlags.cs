namespace SecurityGroups.Saving;

/// <summary>What is true of a saved connection; "side" flags come once for the initiator and once for the responder.</summary>
[Flags]
internal enum RecordFlags : uint
{
    None = 0,
    Egress = 1 << 0,
    Revoked = 1 << 1,
    Replied = 1 << 2,
    Assured = 1 << 3,
    Liberal = 1 << 4,
    ZeroWindow = 1 << 5,
    LastFromInitiator = 1 << 6,
    InitiatorUnacknowledged = 1 << 7,
    ResponderUnacknowledged = 1 << 8,
    InitiatorSack = 1 << 9,
    ResponderSack = 1 << 10,
    InitiatorAcknowledged = 1 << 11,
    ResponderAcknowledged = 1 << 12,

    /// <summary>Two bits: how often the same data was sent in a row.</summary>
    Retransmissions = 3 << 13,

    /// <summary>What it carried follows.</summary>
    Counted = 1 << 15,

    /// <summary>A SYN was let pass, and is described.</summary>
    Hint = 1 << 16,

    /// <summary>Those that a connection of any protocol may have.</summary>
    OfAnyProtocol = Egress | Revoked | Replied | Assured | Counted,

    /// <summary>All that TCP may have.</summary>
    OfTcp = (1 << 17) - 1,
}
