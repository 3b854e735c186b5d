namespace SecurityGroups.Tracking;

/// <summary>What a connection is, as far as timers and eviction go: a TCP state, or what kind of other connection. Four bits of the state word.</summary>
internal enum ConnectionClass : byte
{
    None = 0,

    /// <summary>The initiator's SYN was seen.</summary>
    SynSent,

    /// <summary>The responder's SYN and ACK were seen.</summary>
    SynReceived,
    Established,

    /// <summary>One FIN was seen.</summary>
    FinWait,

    /// <summary>The first FIN was acknowledged.</summary>
    CloseWait,

    /// <summary>FINs in both directions were seen.</summary>
    LastAck,
    TimeWait,

    /// <summary>Closed by a reset.</summary>
    Close,

    /// <summary>SYNs in both directions were seen: simultaneous open (RFC 9293, 3.5).</summary>
    SynSent2,

    /// <summary>As <see cref="SynReceived"/> after a simultaneous open: the responder's acknowledgment establishes, too.</summary>
    SynReceived2,

    /// <summary>UDP and UDP-Lite: one packet, or one exchange.</summary>
    UdpUnreplied,

    /// <summary>UDP and UDP-Lite: still talking two seconds after the first packet.</summary>
    UdpStream,
    IcmpQuery,
    SctpOrDccp,
    Other,
}
