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
}
