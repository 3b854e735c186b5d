namespace SecurityGroups.Tests.Properties;

/// <summary>What one end of a conversation sends. Protocols without the notion send a datagram.</summary>
internal enum Talk
{
    Datagram,
    Syn,
    SynAck,
    Ack,
    Data,
    Fin,
    Reset,
    WildReset,
    ClosedWindow,
    KeepAlive,
    Repeat,
    Sack,
    FirstFragment,

    /// <summary>A later fragment anywhere.</summary>
    LaterFragment,

    /// <summary>A later fragment behind the one before, with more to come or without.</summary>
    NextFragment,
    LastFragment,

    /// <summary>An ICMP error about the last packet of the other end.</summary>
    Error,

    /// <summary>The same from a router on the way.</summary>
    RouterError,
}
