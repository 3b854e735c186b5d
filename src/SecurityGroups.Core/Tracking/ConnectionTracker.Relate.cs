using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

// ICMP errors.
internal sealed partial class ConnectionTracker
{
    private const byte SourceQuench = 4;
    private const byte Redirect = 5;
    private const byte Unreachable = 3;
    private const byte FragmentationNeeded = 4;
    private const byte PacketTooBig = 2;

    /// <summary>Smallest MTU of an IPv4 link (RFC 791) and of an IPv6 link (RFC 8200).</summary>
    private const uint MinMtuIPv4 = 68;
    private const uint MinMtuIPv6 = 1280;

    private const int BurstSeconds = 10;

    private static readonly TrackResult s_unrelated = TrackResult.Deny(Reason.UnrelatedIcmp);

    /// <summary>
    /// Whether an ICMP error that travels in <paramref name="direction"/> is about a live connection. Never changes or refreshes it.
    /// <paramref name="commit"/> false takes nothing from the rate limit.
    /// </summary>
    /// <remarks>
    /// Against forged errors (RFC 5927): the quoted packet must have left the address that the error goes to, belong to a connection, and,
    /// for TCP, be in flight; and whatever the error says, the connection stays. A router on the way may send it, so its source proves
    /// nothing.
    /// </remarks>
    public TrackResult Relate<TPolicy>(
        in QuotedPacket quoted, in ParsedPacket error, Direction direction, uint zone, long nowMilliseconds, in TrackingModes modes, in TPolicy policy, bool commit = true)
        where TPolicy : struct, IConnectionPolicy
    {
        if (!IsPlausible(quoted, error))
        {
            return s_unrelated;
        }

        FlowKey key = FlowKey.From(quoted, error, direction, zone);
        if (!_table.TryAcquire(key, Hash(key), out uint index, out ConnectionState state))
        {
            return s_unrelated;
        }

        ConnectionEntry copy = _table[index];
        _table.Unlock(index, state);
        if (_timeouts.IsExpired(state, nowMilliseconds) || !IsInFlight(quoted, copy, state, direction, modes.WindowCheck))
        {
            return s_unrelated;
        }

        if (!IsStillAllowed(copy, state, key, modes, policy))
        {
            return TrackResult.Deny(Reason.PolicyRevoked);
        }

        return !HasToken(zone, nowMilliseconds, commit)
            ? TrackResult.Deny(Reason.IcmpRateLimit)
            : TrackResult.Allow(Reason.Related);
    }

    private static bool IsPlausible(in QuotedPacket quoted, in ParsedPacket error)
    {
        if (!error.Has(PacketTraits.IcmpError) || quoted.Source != error.Destination || (quoted.Traits & (PacketTraits.IcmpError | PacketTraits.LaterFragment)) != 0)
        {
            return false;
        }

        if (error.Kind == PacketKind.IPv6)
        {
            return error.IcmpType != PacketTooBig || quoted.Mtu >= MinMtuIPv6;
        }

        // Redirects and source quench (RFC 6633) steer hosts and prove nothing. MTU 0 comes from routers older than RFC 1191.
        return error.IcmpType is not (SourceQuench or Redirect)
            && (error.IcmpType != Unreachable || error.IcmpCode != FragmentationNeeded || quoted.Mtu is 0 or >= MinMtuIPv4);
    }

    /// <summary>TCP: the quoted segment lies between what its receiver acknowledged, with some lag, and what its sender sent.</summary>
    private static bool IsInFlight(in QuotedPacket quoted, in ConnectionEntry entry, ConnectionState state, Direction direction, WindowCheck check)
    {
        if (quoted.Protocol != ProtocolNumbers.Tcp || check == WindowCheck.Off || state.IsLiberal)
        {
            return true;
        }

        // The quoted packet went against the error.
        bool fromInitiator = direction != state.Original;
        TcpSide sender = fromInitiator ? entry.Initiator : entry.Responder;
        TcpSide receiver = fromInitiator ? entry.Responder : entry.Initiator;
        uint acknowledged = receiver.HasAcknowledged ? receiver.MaxAcknowledgment : sender.End;
        return sender.MaxWindow != 0
            && !SequenceNumber.IsAfter(quoted.TcpSequence, sender.End)
            && !SequenceNumber.IsBefore(quoted.TcpSequence, acknowledged - TcpWindow.AcknowledgmentLag);
    }

    private static bool IsStillAllowed<TPolicy>(
        in ConnectionEntry entry, ConnectionState state, in FlowKey key, in TrackingModes modes, in TPolicy policy)
        where TPolicy : struct, IConnectionPolicy =>
        IsStale(entry, key, modes, policy) ? policy.Allows(state.Original, key) : !state.IsRevoked;

    private bool HasToken(uint zone, long now, bool commit)
    {
        if (_icmpErrorsPerSecond == 0)
        {
            return true;
        }

        // Retired by an update that this call does not see yet: nothing is left to count in.
        Zone? found = _zones.Find(zone);
        int burst = _icmpErrorsPerSecond * BurstSeconds;
        return found is null
            || (commit ? found.IcmpErrors.TryTake(now, _icmpErrorsPerSecond, burst) : found.IcmpErrors.CanTake(now, _icmpErrorsPerSecond, burst));
    }
}
