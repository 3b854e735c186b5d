namespace SecurityGroups.Tests.Support;

/// <summary>The idle times of behaviour.md, section 1, in seconds.</summary>
internal sealed record ReferenceTimeouts(
    int SynSent, int SynReceived, int Established, int FinWait, int CloseWait, int LastAck, int TimeWait, int Close, int Transient,
    int UdpUnreplied, int UdpStream, int IcmpQuery, int Other, int FragmentsIPv4 = 30, int FragmentsIPv6 = 60)
{
    public static ReferenceTimeouts Default { get; } = new(120, 60, 7440, 240, 240, 30, 120, 10, 300, 30, 180, 60, 600);

    public static ReferenceTimeouts Linux { get; } = new(120, 60, 432_000, 120, 60, 30, 120, 10, 300, 30, 120, 30, 600);

    public static ReferenceTimeouts Aws { get; } = Default with { Established = 432_000, UdpUnreplied = 30, UdpStream = 180, Other = 600 };

    public int Of(ReferenceTcpState state) => state switch
    {
        ReferenceTcpState.SynSent or ReferenceTcpState.SynSent2 => SynSent,
        ReferenceTcpState.SynReceived => SynReceived,
        ReferenceTcpState.Established => Established,
        ReferenceTcpState.FinWait => FinWait,
        ReferenceTcpState.CloseWait => CloseWait,
        ReferenceTcpState.LastAck => LastAck,
        ReferenceTcpState.TimeWait => TimeWait,
        _ => Close,
    };
}
