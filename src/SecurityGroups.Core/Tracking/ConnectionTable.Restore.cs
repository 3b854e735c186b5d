namespace SecurityGroups.Tracking;

// Connections that come back from a stream.
internal sealed partial class ConnectionTable
{
    /// <summary>
    /// As <see cref="TryInsert"/>, but nothing goes for the connection except what is over, and the caps of ranks do not count: they are against
    /// floods of newcomers, and a table that was saved fits into one of its size. Each goes in front of those that came back before it in the list of
    /// its zone: whoever restores begins with the one that was heard of last.
    /// </summary>
    public InsertResult TryRestore(
        in FlowKey key, ulong hash, in ConnectionEntry entry, TcpHint hint, ConnectionState state, long now, int maxInZone, in Opening opening = default) =>
        ExistsOr(TryRestoreNew(key, hash, entry, hint, state, now, maxInZone, opening), key, hash, now);

    private InsertResult TryRestoreNew(
        in FlowKey key, ulong hash, in ConnectionEntry entry, TcpHint hint, ConnectionState state, long now, int maxInZone, in Opening opening)
    {
        Reclaim(now, TrackingTuning.HandSteps);
        Zone? zone = _zones.Find(key.Zone);
        if (zone is null)
        {
            return InsertResult.ZoneRetired;
        }

        InsertResult result = TryReserveVacant(zone, state.Rank, maxInZone);
        if (result == InsertResult.Inserted)
        {
            result = InsertResult.Full;
            if (_free.TryTake(out uint index))
            {
                _hints[index] = hint;
                result = TryInsertEntry(key, hash, entry, state, now, index, zone, isRestored: true, opening);
            }
        }

        if (result != InsertResult.Inserted)
        {
            CountOut(key.Zone, zone, state.Rank);
        }

        return result;
    }

    private InsertResult TryReserveVacant(Zone zone, ConnectionRank rank, int maxInZone)
    {
        bool fits = zone.TryAdd(rank, maxInZone);
        _counters[0].Room.Add(rank);
        if (maxInZone != 0)
        {
            zone.Lists.Use();
        }

        return fits ? InsertResult.Inserted : zone.IsRetired ? InsertResult.ZoneRetired : InsertResult.ZoneFull;
    }
}
