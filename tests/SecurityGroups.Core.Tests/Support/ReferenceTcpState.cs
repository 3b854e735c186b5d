namespace SecurityGroups.Tests.Support;

/// <summary>The states of a TCP connection as a watcher in the middle sees them.</summary>
internal enum ReferenceTcpState
{
    SynSent,
    SynReceived,
    Established,
    FinWait,
    CloseWait,
    LastAck,
    TimeWait,
    Close,
    SynSent2,
}
