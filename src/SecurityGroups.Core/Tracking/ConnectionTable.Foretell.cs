namespace SecurityGroups.Tracking;

// What an insert would say, for Explain.
internal sealed partial class ConnectionTable
{
    /// <summary>
    /// What <see cref="TryInsert"/> would answer now; changes nothing. A connection of the same key is on its way out and counts as gone, and so
    /// does what the clock hand would take out on the way. Slow.
    /// </summary>
    public InsertResult Foretell(in FlowKey key, ulong hash, long now, int maxInZone)
    {
        Zone? zone = _zones.Find(key.Zone);
        if (zone is null)
        {
            return InsertResult.ZoneRetired;
        }

        (int leaving, int leavingZone) = CountLeaving(key, hash, now);
        return maxInZone != 0 && zone.Connections - leavingZone >= maxInZone ? InsertResult.ZoneFull
            : Count - leaving >= Capacity ? InsertResult.Full
            : InsertResult.Inserted;
    }

    private (int All, int OfZone) CountLeaving(in FlowKey key, ulong hash, long now)
    {
        bool replaces = TryAcquire(key, hash, out uint own, out ConnectionState state);
        if (replaces)
        {
            Release(own, state);
        }

        int all = replaces ? 1 : 0;
        int ofZone = all;
        uint used = _free.Used;
        uint steps = Math.Min(used, TrackingTuning.HandSteps + TrackingTuning.HandStepsWhenFull);
        for (uint i = 0; i < steps; i++)
        {
            uint index = (Volatile.Read(ref _counters[0].Hand) + i) % used;
            if ((!replaces || index != own) && IsLeaving(index, now))
            {
                all++;
                ofZone += _entries[index].Zone == key.Zone ? 1 : 0;
            }
        }

        return (all, ofZone);
    }

    private bool IsLeaving(uint index, long now)
    {
        ref ConnectionEntry entry = ref _entries[index];
        ConnectionState state = new(Volatile.Read(ref entry.StateWord));
        return state.IsLive && IsOver(entry, state, now);
    }
}
