namespace SecurityGroups.Tracking;

// What the host removes.
internal sealed partial class ConnectionTracker
{
    /// <summary>
    /// Ends the live connections that are meant and returns how many; each is locked for as long as a packet would lock it. Those that come
    /// meanwhile may be missed.
    /// </summary>
    public int Remove(ConnectionSelection selection, long nowMilliseconds)
    {
        int removed = 0;
        for (uint index = 0; index < _table.Used; index++)
        {
            if (TryLockMeant(index, selection, nowMilliseconds, out ConnectionState state))
            {
                state.Kill(ConnectionEnd.Removed, nowMilliseconds);
                _table.Release(index, state);
                removed++;
            }
        }

        return removed;
    }

    // What this locks is a live connection that is meant; a look without the lock spares those of other zones.
    private bool TryLockMeant(uint index, ConnectionSelection selection, long now, out ConnectionState state)
    {
        ref ConnectionEntry entry = ref _table[index];
        if (!selection.HasZone(entry.Zone) || !ConnectionTable.TryLock(ref entry, out state))
        {
            state = default;
            return false;
        }

        bool isMeant = !_timeouts.IsExpired(state, now) && selection.Matches(_table.KeyOf(index), state, now);
        if (!isMeant)
        {
            _table.Unlock(index, state);
        }

        return isMeant;
    }
}
