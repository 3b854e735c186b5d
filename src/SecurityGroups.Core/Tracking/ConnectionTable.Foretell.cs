namespace SecurityGroups.Tracking;

// What an insert would say, for Explain.
internal sealed partial class ConnectionTable
{
    /// <summary>
    /// What <see cref="TryInsert"/> would answer now; changes nothing. A connection of the same key is on its way out and counts as gone, and so
    /// does what the clock hand or a sweep would take out on the way. Slow.
    /// </summary>
    public InsertResult Foretell(in FlowKey key, ulong hash, long now, int maxInZone)
    {
        Zone? zone = _zones.Find(key.Zone);
        if (zone is null)
        {
            return InsertResult.ZoneRetired;
        }

        uint steps = TrackingTuning.HandSteps;
        if (maxInZone != 0 && !HasRoomInZone(zone, maxInZone, key, hash, now, steps))
        {
            steps += TrackingTuning.HandStepsAtQuota;
            bool sweeps = !HasRoomInZone(zone, maxInZone, key, hash, now, steps) && IsSweepDue(Volatile.Read(ref _counters[0].SweptAt), now);
            steps = sweeps ? _free.Used : steps;
            if (!HasRoomInZone(zone, maxInZone, key, hash, now, steps))
            {
                return InsertResult.ZoneFull;
            }
        }

        steps += IsKnownFull(now) ? 0u : TrackingTuning.HandStepsWhenFull;
        return Count - CountLeaving(key, hash, now, steps, ofZone: false) < Capacity ? InsertResult.Inserted : InsertResult.Full;
    }

    private bool HasRoomInZone(Zone zone, int max, in FlowKey key, ulong hash, long now, uint steps) =>
        zone.Connections - CountLeaving(key, hash, now, steps, ofZone: true) < max;

    private int CountLeaving(in FlowKey key, ulong hash, long now, uint steps, bool ofZone)
    {
        bool replaces = TryAcquire(key, hash, out uint own, out ConnectionState state);
        if (replaces)
        {
            Release(own, state);
        }

        int count = replaces ? 1 : 0;
        uint used = _free.Used;
        for (uint i = 0; i < Math.Min(used, steps); i++)
        {
            uint index = (Volatile.Read(ref _counters[0].Hand) + i) % used;
            bool isOther = !replaces || index != own;
            count += isOther && (!ofZone || _entries[index].Zone == key.Zone) && IsLeaving(index, now) ? 1 : 0;
        }

        return count;
    }

    private bool IsLeaving(uint index, long now)
    {
        ref ConnectionEntry entry = ref _entries[index];
        ConnectionState state = new(Volatile.Read(ref entry.StateWord));
        return state.IsLive && IsOver(entry, state, now);
    }
}
