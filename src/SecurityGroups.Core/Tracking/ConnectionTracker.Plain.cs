using System.Runtime.CompilerServices;
using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

// Short ways: of plain packets of connections whose both ends talk, or that they change nothing of but a time, and of those that have none.
internal sealed partial class ConnectionTracker
{
    /// <summary>
    /// Advances the sighted connection of a plain segment, if that is established, not idle for long, checked against these rules and the segment within
    /// its window: then the segment is allowed. Otherwise nothing changes, and <c>Track</c> finds out what it is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdvance<TPolicy>(
        in Flow flow, in PlainPacket segment, Direction direction, long now, in TrackingModes modes, in TPolicy policy)
        where TPolicy : struct, IConnectionPolicy
    {
        uint index = flow.Sighting.Index;
        if (flow.Sighting.IsNone)
        {
            return false;
        }

        ref ConnectionEntry entry = ref _table[index];
        if (!_table.TryAcquire(ref entry, index, flow.Key, out ConnectionState state))
        {
            return false;
        }

        ConnectionState advanced = state;
        if (!state.IsSteady
            || !_timeouts.IsFresh(state, now)
            || IsStale(entry, flow.Key, modes, policy)
            || !TcpTracking.TryAdvance(ref entry, ref advanced, segment, direction, now))
        {
            ConnectionTable.Unlock(ref entry, state);
            return false;
        }

        entry.Stamp = policy.Generation;
        _watch?.Count(index, direction, segment.IpOctets);
        _table.Release(ref entry, index, advanced);
        return true;
    }

    /// <summary>Whether datagrams of now may touch their connections without a lock.</summary>
    /// <remarks>
    /// A watch counts, which takes the lock; a timer that not all datagrams restart could be set back by one that does not; and the low half of the
    /// time must not turn between seeing and touching.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayTouch(in TrackingModes modes, long now) => _watch is null && !modes.RefreshOnEgressOnly && !ConnectionTable.IsTimeTurning(now);

    /// <summary>
    /// Restarts the timer of the sighted connection of a UDP datagram, if that changes nothing else and the connection, not idle for long, was checked
    /// against these very rules: then the datagram is allowed. Otherwise nothing changes, and <c>Track</c> finds out what it is. Takes no lock; for
    /// where they <see cref="MayTouch"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTouch<TPolicy>(in Sighting sighting, in FlowKey key, Direction direction, long now, in TPolicy policy)
        where TPolicy : struct, IConnectionPolicy
    {
        if (sighting.IsNone)
        {
            return false;
        }

        ref ConnectionEntry entry = ref _table[sighting.Index];
        if (!_table.TrySee(entry, sighting, key, out ConnectionState state, out uint stamp)
            || stamp != policy.Generation
            || stamp == ConnectionEntry.Unchecked
            || !state.TakesLowTimeOnly(direction, now)
            || !_timeouts.IsFreshDatagram(state, now))
        {
            return false;
        }

        ConnectionTable.Touch(ref entry, now);
        return true;
    }

    /// <summary>Whether a plain packet has no connection, as far as can be told without a lock; false = <c>Track</c> finds out.</summary>
    public bool IsNew(in Flow flow) => !_table.MayContain(flow.Key, flow.Hash);

    /// <summary>As the overload for any packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Reason CanOpen(in PlainPacket packet, Direction direction, in TrackingModes modes) => packet.Protocol == ProtocolNumbers.Udp
        ? Reason.NotEvaluated
        : CanOpenTcp(packet.IsSyn ? TcpSegmentKind.Syn : TcpSegmentKind.Ack, direction, modes);

    /// <summary>
    /// Makes the connection of a plain packet that the rules admitted, or says why there is none. False = another thread has made it meanwhile,
    /// which the packet has still to be judged by.
    /// </summary>
    public bool TryCreate(
        in Flow flow, in PlainPacket packet, Direction direction, long now, in TrackingModes modes, uint stamp, Decision decision, out Reason reason)
    {
        ConnectionEntry entry = new(flow.Key) { Stamp = stamp };
        ConnectionState state = packet.Protocol == ProtocolNumbers.Udp
            ? DatagramTracking.Open(ref entry, ConnectionClass.UdpUnreplied, direction, now)
            : TcpTracking.Open(ref entry, TcpSegment.Opening(packet), direction, now);
        Opening opening = _watch is null ? default : new Opening(default(ConnectionTraffic).Plus(direction, packet.IpOctets), decision);
        InsertResult inserted = _table.TryInsert(flow.Key, flow.Hash, entry, state, now, modes.MaxConnections, opening);
        reason = ReasonOf(inserted);
        return inserted != InsertResult.Exists;
    }
}
