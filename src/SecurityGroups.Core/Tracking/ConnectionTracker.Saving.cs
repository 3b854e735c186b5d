using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

// Connections that leave the table for a stream and come back from one.
internal sealed partial class ConnectionTracker
{
    /// <summary>The image of a live connection as it is now; false when the entry holds none, or one that is past its time.</summary>
    public bool TryCopy(uint index, long nowMilliseconds, out ConnectionImage image)
    {
        image = default;
        ref ConnectionEntry entry = ref _table[index];
        if (!ConnectionTable.TryLock(ref entry, out ConnectionState state))
        {
            return false;
        }

        ConnectionEntry copy = entry;
        TcpHint hint = _table.Hint(index);
        FlowKey key = _table.KeyOf(index);
        ConnectionTraffic? traffic = _watch?.TrafficOf(index);
        _table.Unlock(index, state);
        image = ImageOf(copy, key, state, nowMilliseconds);
        image.Traffic = traffic;
        image.Hint = hint;
        return !_timeouts.IsExpired(state, nowMilliseconds);
    }

    /// <summary>
    /// Puts an image into the table, its connection idle for as long as it was and <paramref name="downtimeMilliseconds"/>. Removes nothing but
    /// what expired. No rules have checked the connection yet: they will at its next packet.
    /// </summary>
    public RestoreOutcome Restore(in ConnectionImage image, long nowMilliseconds, long downtimeMilliseconds, int maxInZone)
    {
        // Added up before it becomes a time of 38 bits, in which a long rest would look like none.
        long idle = image.IdleMilliseconds + downtimeMilliseconds;
        ConnectionState state = image.State;
        if (idle >= _timeouts.TimeoutOf(state))
        {
            return RestoreOutcome.Expired;
        }

        state.LastSeenAt(nowMilliseconds - idle);
        ConnectionEntry entry = EntryOf(image, nowMilliseconds - downtimeMilliseconds);
        Opening opening = new(image.Traffic ?? default, Decision.Allow(Reason.Established));
        return _table.TryRestore(image.Key, Hash(image.Key), entry, image.Hint, state, nowMilliseconds, maxInZone, opening) switch
        {
            InsertResult.Inserted => RestoreOutcome.Restored,
            InsertResult.Exists => RestoreOutcome.AlreadyThere,
            InsertResult.ZoneRetired => RestoreOutcome.UnknownNic,
            _ => RestoreOutcome.NoRoom,
        };
    }

    private static ConnectionImage ImageOf(in ConnectionEntry entry, in FlowKey key, ConnectionState state, long now)
    {
        ConnectionImage image = new() { Key = key, State = state, IdleMilliseconds = state.IdleMilliseconds(now) };
        if (key.Protocol == ProtocolNumbers.Tcp)
        {
            image.Initiator = entry.Initiator;
            image.Responder = entry.Responder;
        }
        else
        {
            // Never younger than its last packet, whatever the clock did.
            image.AgeMilliseconds = Math.Max(now - entry.CreatedMilliseconds, image.IdleMilliseconds);
        }

        return image;
    }

    private static ConnectionEntry EntryOf(in ConnectionImage image, long savedAt)
    {
        ConnectionEntry entry = new(image.Key) { Stamp = ConnectionEntry.Unchecked };
        if (image.Key.Protocol == ProtocolNumbers.Tcp)
        {
            entry.Initiator = image.Initiator;
            entry.Responder = image.Responder;
        }
        else
        {
            entry.CreatedMilliseconds = savedAt - image.AgeMilliseconds;
        }

        return entry;
    }
}
