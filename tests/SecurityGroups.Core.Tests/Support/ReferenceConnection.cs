namespace SecurityGroups.Tests.Support;

/// <summary>A connection of the reference model.</summary>
internal sealed class ReferenceConnection(Direction initiator, ReferenceFlow flow, long nowMilliseconds)
{
    // A UDP connection that still answers after this long is a stream.
    private const long StreamMilliseconds = 2_000;

    private readonly long _createdMilliseconds = nowMilliseconds;

    public Direction Initiator { get; } = initiator;

    /// <summary>What the rules were asked when it was made, and are asked again.</summary>
    public ReferenceFlow Flow { get; } = flow;

    public ReferenceTcp? Tcp { get; set; }

    public bool IsTombstone { get; private set; }

    public long LastSeenMilliseconds { get; private set; } = nowMilliseconds;

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

    /// <summary>Makes it a tombstone, whose idle time counts from now, or a connection again.</summary>
    public void Revoke(bool isRevoked, long nowMilliseconds)
    {
        if (isRevoked && !IsTombstone)
        {
            LastSeenMilliseconds = Math.Max(LastSeenMilliseconds, nowMilliseconds);
        }

        IsTombstone = isRevoked;
    }

    private int TimeoutSeconds(ReferenceTimeouts timeouts) => Flow.Protocol switch
    {
        6 => Tcp!.TimeoutSeconds(timeouts, IsTombstone),
        17 or 136 => IsStream ? timeouts.UdpStream : timeouts.UdpUnreplied,
        1 when Flow.Remote.Family == Ethertype.IPv4 => timeouts.IcmpQuery,
        58 when Flow.Remote.Family == Ethertype.IPv6 => timeouts.IcmpQuery,
        _ => timeouts.Other,
    };
}
