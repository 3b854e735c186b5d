namespace SecurityGroups.Tracking;

// Room for a newcomer: the quota of its zone, the caps of its rank, a free entry.
internal sealed partial class ConnectionTable
{
    /// <summary>Whether so few entries are free that what would end soon is ended early.</summary>
    private bool IsPressed => Count >= Capacity - (Capacity / TrackingTuning.PressureReserve);

    private static int HandSteps(bool isPressed) => isPressed ? TrackingTuning.HandStepsUnderPressure : TrackingTuning.HandSteps;

    /// <summary>
    /// Counts a newcomer, in its zone and in the table, and makes room for it where a limit is exceeded. Counted first, so that of two
    /// newcomers to the last place at least one sees that it is taken.
    /// </summary>
    private InsertResult TryReserve(Zone zone, ConnectionRank rank, long now, int maxInZone)
    {
        bool fits = zone.TryAdd(rank, maxInZone);
        _counters[0].Room.Add(rank);
        InsertResult result = !fits && zone.IsRetired ? InsertResult.ZoneRetired
            : maxInZone == 0 ? InsertResult.Inserted
            : MakeRoomInZone(zone, rank, now, _shares.Of(maxInZone));
        return result == InsertResult.Inserted ? MakeRoomForRank(rank, now) : result;
    }

    private void CountOut(uint number, Zone zone, ConnectionRank rank)
    {
        _counters[0].Room.Remove(rank);
        _zones.Leave(number, zone, rank);
    }

    // A zone makes room at its own cost before the table is asked: who floods is the first to pay.
    private InsertResult MakeRoomInZone(Zone zone, ConnectionRank rank, long now, in RoomLimits limits)
    {
        zone.Lists.Use();
        return !TryShrink(zone, null, now, limits.Connections) ? InsertResult.ZoneFull
            : TryShrink(zone, rank, now, limits.Of(rank)) ? InsertResult.Inserted
            : NoRoomFor(rank, InsertResult.ZoneFull);
    }

    // A quota that was lowered is reached again little by little: two go for one that comes, and two of its kind where its share is exceeded.
    // What had expired is no price; where there is more of it than one newcomer ends, a sweep does.
    private bool TryShrink(Zone zone, ConnectionRank? rank, long now, int limit)
    {
        int paid = 0;
        for (int i = 0; i < TrackingTuning.MaxEnded && paid < 2 && CountOf(zone, rank) > limit; i++)
        {
            if (!TryEvictInZone(zone, rank, now, limit, out bool wasOver))
            {
                break;
            }

            paid += wasOver ? 0 : 1;
        }

        return paid > 0 || CountOf(zone, rank) <= limit || (TrySweep(now) && CountOf(zone, rank) <= limit);
    }

    // Where nobody is listed who may go: the count includes what expired unnoticed, and a sweep also finds who is in no list.
    private bool TryEvictInZone(Zone zone, ConnectionRank? rank, long now, int limit, out bool wasOver)
    {
        if (TryEvictListed(zone, rank, now, out wasOver))
        {
            return true;
        }

        Reclaim(now, TrackingTuning.HandStepsAtQuota);
        wasOver = true;
        return CountOf(zone, rank) <= limit || (TrySweep(now) && (CountOf(zone, rank) <= limit || TryEvictListed(zone, rank, now, out wasOver)));
    }

    private static int CountOf(Zone zone, ConnectionRank? rank) => rank is { } one ? zone.Of(one) : zone.Connections;

    private InsertResult MakeRoomForRank(ConnectionRank rank, long now) =>
        _counters[0].Room.Of(rank) <= _limits.Of(rank) || TryEvict(rank, now) ? InsertResult.Inserted : NoRoomFor(rank, InsertResult.Full);

    private static InsertResult NoRoomFor(ConnectionRank rank, InsertResult otherwise) => rank == ConnectionRank.HalfOpen ? InsertResult.HalfOpenFull : otherwise;

    private bool TryTakeEntry(long now, out uint index) => _free.TryTake(out index) || (TryEvict(null, now) && _free.TryTake(out index));

    /// <summary>Moves the clock hand a little; under pressure more, and it ends what would end soon.</summary>
    private void MoveHand(long now)
    {
        bool isPressed = IsPressed;
        NotePressure(isPressed);
        Reclaim(now, HandSteps(isPressed), isPressed);
    }

    private void NotePressure(bool isPressed)
    {
        ref int flag = ref _counters[0].IsPressed;
        bool wasPressed = Volatile.Read(ref flag) != 0;
        if (isPressed && !wasPressed && Interlocked.Exchange(ref flag, 1) == 0)
        {
            Interlocked.Increment(ref _counters[0].Pressures);
        }
        else if (wasPressed && Count < Capacity - (Capacity / TrackingTuning.ReliefReserve))
        {
            Volatile.Write(ref flag, 0);
        }
    }
}
