using System.Runtime.CompilerServices;
using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

// Plain segments of connections whose both ends talk.
internal sealed partial class ConnectionTracker
{
    /// <summary>
    /// Advances the connection of a plain segment, if that is established, not idle for long, checked against these rules and the segment within
    /// its window: then the segment is allowed. Otherwise nothing changes, and <c>Track</c> finds out what it is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdvance<TPolicy>(
        in Flow flow, in PlainSegment segment, Direction direction, long now, in TrackingModes modes, in TPolicy policy)
        where TPolicy : struct, IConnectionPolicy
    {
        if (!_table.TryAcquire(flow.Key, flow.Hash, out uint index, out ConnectionState state))
        {
            return false;
        }

        ref ConnectionEntry entry = ref _table[index];
        ConnectionState advanced = state;
        bool isAdvanced = state.IsSteady
            && _timeouts.IsFresh(state, now)
            && !IsStale(entry, flow.Key, modes, policy)
            && TcpTracking.TryAdvance(ref entry, ref advanced, segment, direction, now);
        if (isAdvanced)
        {
            entry.Stamp = policy.Generation;
            _watch?.Count(index, direction, segment.IpOctets);
        }

        _table.Release(ref entry, index, isAdvanced ? advanced : state);
        return isAdvanced;
    }

    /// <summary>Whether a plain segment has no connection, as far as can be told without a lock; false = <c>Track</c> finds out.</summary>
    public bool IsNew(in Flow flow) => !_table.MayContain(flow.Key, flow.Hash);

    /// <summary>As the overload for any packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Reason CanOpen(in PlainSegment segment, Direction direction, in TrackingModes modes) =>
        CanOpenTcp(segment.IsSyn ? TcpSegmentKind.Syn : TcpSegmentKind.Ack, direction, modes);

    /// <summary>
    /// Makes the connection of a plain segment that the rules admitted, or says why there is none. False = another thread has made it meanwhile,
    /// which the segment has still to be judged by.
    /// </summary>
    public bool TryCreate(
        in Flow flow, in PlainSegment segment, Direction direction, long now, in TrackingModes modes, uint stamp, Decision decision, out Reason reason)
    {
        ConnectionEntry entry = new(flow.Key) { Stamp = stamp };
        ConnectionState state = TcpTracking.Open(ref entry, TcpSegment.Opening(segment), direction, now);
        Opening opening = _watch is null ? default : new Opening(default(ConnectionTraffic).Plus(direction, segment.IpOctets), decision);
        InsertResult inserted = _table.TryInsert(flow.Key, flow.Hash, entry, state, now, modes.MaxConnections, opening);
        reason = ReasonOf(inserted);
        return inserted != InsertResult.Exists;
    }
}
