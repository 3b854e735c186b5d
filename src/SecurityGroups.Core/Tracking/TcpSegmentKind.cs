namespace SecurityGroups.Tracking;

/// <summary>What a segment means to the state table: a reset above a SYN above a FIN above an ACK.</summary>
internal enum TcpSegmentKind : byte
{
    Syn = 0,
    SynAck,
    Fin,
    Ack,
    Rst,

    /// <summary>None of them: no stack sends it.</summary>
    None,
}
