namespace SecurityGroups.Tests.Support;

/// <summary>A connection of the reference model.</summary>
internal sealed class ReferenceConnection(Direction initiator, ReferenceFlow flow, long nowMilliseconds)
{
    // A UDP connection that still answers after this long is a stream.
    private const long StreamMilliseconds = 2_000;

    private long _createdMilliseconds = nowMilliseconds;

    public Direction Initiator { get; } = initiator;

    /// <summary>What the rules were asked when it was made, and are asked again.</summary>
    public ReferenceFlow Flow { get; } = flow;

    public ReferenceTcp? Tcp { get; set; }

    public bool IsTombstone { get; private set; }

    public long LastSeenMilliseconds { get; private set; } = nowMilliseconds;

    /// <summary>Whether it came back from a stream and no rules have been asked about it since.</summary>
    public bool IsUnchecked { get; set; }

    private bool IsReplied { get; set; }

    private bool IsStream { get; set; }

    public bool IsExpired(long nowMilliseconds, ReferenceTimeouts timeouts) =>
        nowMilliseconds - LastSeenMilliseconds >= TimeoutSeconds(timeouts) * 1_000L;

    public void Refresh(Direction direction, long nowMilliseconds, bool onEgressOnly)
    {
        bool isUdp = Flow.Protocol is 17 or 136;
        IsStream |= isUdp && IsReplied && nowMilliseconds - _createdMilliseconds >= StreamMilliseconds;
        IsReplied |= direction != Initiator;
        if (!(isUdp && onEgressOnly && direction == Direction.Ingress))
        {
            LastSeenMilliseconds = Math.Max(LastSeenMilliseconds, nowMilliseconds);
        }
    }

    /// <summary>Through a stream and back: it keeps its idle time and its age, which are never negative.</summary>
    public void Restore(long nowMilliseconds)
    {
        LastSeenMilliseconds = Math.Min(LastSeenMilliseconds, nowMilliseconds);
        _createdMilliseconds = Math.Min(_createdMilliseconds, LastSeenMilliseconds);
        IsUnchecked = true;
    }

    /// <summary>Makes it a tombstone, whose idle time counts from now, or a connection again.</summary>
    public void Revoke(bool isRevoked, long nowMilliseconds)
    {
        if (isRevoked && !IsTombstone)
        {
            LastSeenMilliseconds = Math.Max(LastSeenMilliseconds, nowMilliseconds);
        }

        IsTombstone = isRevoked;
    }

    /// <summary>What it is worth when there is no room: 0 one datagram or exchange, 1 half-open, 2 closing, 3 stream, 4 tombstone, 5 established.</summary>
    public int Worth => (IsTombstone, Flow.Protocol, Tcp) switch
    {
        (true, _, _) => 4,
        (_, 6, { State: ReferenceTcpState.Established } tcp) => tcp.IsProven ? 5 : 1,
        (_, 6, { State: ReferenceTcpState.FinWait or ReferenceTcpState.CloseWait } tcp) => tcp.IsProven ? 3 : 2,
        (_, 6, { State: ReferenceTcpState.LastAck or ReferenceTcpState.TimeWait or ReferenceTcpState.Close }) => 2,
        (_, 6, _) => 1,
        (_, 17 or 136, _) => IsStream ? 3 : 0,
        _ => IsReplied && !IsIcmp ? 3 : 0,
    };

    public long IdleMilliseconds(long nowMilliseconds) => Math.Max(0, nowMilliseconds - LastSeenMilliseconds);

    /// <summary>Whether it may go for a newcomer.</summary>
    public bool GivesWay(long nowMilliseconds) => Worth switch
    {
        3 => IdleMilliseconds(nowMilliseconds) >= 30_000,
        4 => IdleMilliseconds(nowMilliseconds) >= 1_000_000,
        var worth => worth < 3,
    };

    /// <summary>Whether a table that is nearly full may end it early.</summary>
    public bool EndsEarly(long nowMilliseconds, ReferenceTimeouts timeouts) =>
        Worth <= 2 && IdleMilliseconds(nowMilliseconds) >= TimeoutSeconds(timeouts) * 1_000L / 4;

    private bool IsIcmp => Flow.Protocol == (Flow.Remote.Family == Ethertype.IPv4 ? 1 : 58);

    private int TimeoutSeconds(ReferenceTimeouts timeouts) => Flow.Protocol switch
    {
        6 => Tcp!.TimeoutSeconds(timeouts, IsTombstone),
        17 or 136 => IsStream ? timeouts.UdpStream : timeouts.UdpUnreplied,
        1 when Flow.Remote.Family == Ethertype.IPv4 => timeouts.IcmpQuery,
        58 when Flow.Remote.Family == Ethertype.IPv6 => timeouts.IcmpQuery,
        _ => timeouts.Other,
    };
}
