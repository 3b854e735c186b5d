namespace SecurityGroups.Tests.Properties;

/// <summary>What is odd about a packet.</summary>
internal enum Flaw
{
    None,
    SequenceOff,
    AcknowledgmentOff,
    OtherFlags,
    OtherPort,
    OtherAddress,
    OtherMac,
    OtherVlan,
    Extensions,
    Options,
    HopLimit,
    Octet,
    Truncated,
    Padded,
    Fragment,
}
