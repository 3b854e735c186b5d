namespace SecurityGroups.Tests.Support;

/// <summary>What a segment of the reference model asks for.</summary>
internal enum ReferenceTcpKind
{
    Syn,
    SynAck,
    Fin,
    Ack,
    Rst,
}
