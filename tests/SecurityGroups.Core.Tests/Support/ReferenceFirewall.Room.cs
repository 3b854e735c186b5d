namespace SecurityGroups.Tests.Support;

// Room: quota of a NIC, caps of what anyone can make, size of the table; who goes when there is none.
internal sealed partial class ReferenceFirewall
{
    /// <summary>
    /// Whether the real one still has a connection; null = there is no real one. Who goes among equals, and when something ends early, is its own affair,
    /// as long as whoever went was one of those who may.
    /// </summary>
    public Func<string, ReferenceConnectionKey, bool>? Holds { get; set; }

    /// <summary>Whether connections may have to go, so that what the real one has is to be looked at after every packet.</summary>
    public bool IsTight => Tracking.MaxConnections < 16 || Policy.Nics.Values.Any(nic => nic.Options?.MaxConnections is not null);

    /// <summary>The connections that have not expired.</summary>
    public IEnumerable<(string NicId, ReferenceConnectionKey Key)> Live(long nowMilliseconds) => _connections
        .Where(entry => !entry.Value.IsExpired(nowMilliseconds, timeouts))
        .Select(entry => (NicIdOf(entry.Key), entry.Key));

    /// <summary>Forgets the connections that the real one had no room to restore: as many as it said, of NICs with a quota.</summary>
    public void LeaveOut(long count)
    {
        ReferenceConnectionKey[] gone = [.. _connections.Keys.Where(IsGone)];
        Assert.Equal(count, gone.Length);
        Assert.All(gone, key => Assert.NotNull(Policy.Nics[NicIdOf(key)].Options?.MaxConnections));
        Array.ForEach(gone, key => _connections.Remove(key));
    }

    /// <summary>Makes room for a newcomer, or says why there is none: the NIC's own share first, then what has a cap, then the table.</summary>
    private Reason? NoRoom(ReferenceConnectionKey key, Call call, int worth)
    {
        int size = Tracking.MaxConnections;
        EndEarly(key, call, size);
        Reason capped = worth == 1 ? Reason.HalfOpenLimit : Reason.ConnectionTableFull;
        return InQuota(key, call, worth)
            ?? MakeRoom(key, call, Share(size, worth), capped, other => other.Value.Worth == worth)
            ?? MakeRoom(key, call, size, Reason.ConnectionTableFull, _ => true);
    }

    private Reason? InQuota(ReferenceConnectionKey key, Call call, int worth)
    {
        if (call.Nic.Nic.Options?.MaxConnections is not { } quota)
        {
            return null;
        }

        bool IsOwn(KeyValuePair<ReferenceConnectionKey, ReferenceConnection> other) => other.Key.Zone == key.Zone;
        return Shrink(key, call, quota, Reason.NicQuota, IsOwn)
            ?? Shrink(
                key, call, Share(quota, worth), worth == 1 ? Reason.HalfOpenLimit : Reason.NicQuota, other => IsOwn(other) && other.Value.Worth == worth);
    }

    /// <summary>A quota that was lowered: two go for one that comes.</summary>
    private Reason? Shrink(
        ReferenceConnectionKey key, Call call, int limit, Reason reason, Func<KeyValuePair<ReferenceConnectionKey, ReferenceConnection>, bool> counts)
    {
        Reason? full = MakeRoom(key, call, limit, reason, counts);
        if (full is null)
        {
            MakeRoom(key, call, limit, reason, counts);
        }

        return full;
    }

    private int Share(int size, int worth) =>
        Math.Max(1, size * (worth == 1 ? Tracking.HalfOpenPercentage : Tracking.UnrepliedPercentage) / 100);

    private Reason? MakeRoom(
        ReferenceConnectionKey key, Call call, int limit, Reason reason, Func<KeyValuePair<ReferenceConnectionKey, ReferenceConnection>, bool> counts)
    {
        // Expired ones count until they are reclaimed.
        bool isFull = Count(key, call, counts, withExpired: false) >= limit;
        bool mayBeFull = Count(key, call, counts, withExpired: true) >= limit;
        KeyValuePair<ReferenceConnectionKey, ReferenceConnection>[] victims = Victims(key, call, counts);
        if (mayBeFull && victims.Where(victim => IsGone(victim.Key)).ToArray() is [var gone, ..])
        {
            _connections.Remove(gone.Key);
            return null;
        }

        if (_said == reason ? !mayBeFull || victims.Length > 0 : !isFull)
        {
            return null;
        }

        if (victims.Length > 0)
        {
            _connections.Remove(victims[0].Key);
        }

        return victims.Length > 0 ? null : reason;
    }

    private int Count(
        ReferenceConnectionKey key, Call call, Func<KeyValuePair<ReferenceConnectionKey, ReferenceConnection>, bool> counts, bool withExpired) =>
        _connections.Count(entry => entry.Key != key && counts(entry) && (withExpired || !entry.Value.IsExpired(call.Now, timeouts)));

    /// <summary>Who may go, of the lowest worth: of each NIC only the longest idle.</summary>
    private KeyValuePair<ReferenceConnectionKey, ReferenceConnection>[] Victims(
        ReferenceConnectionKey key, Call call, Func<KeyValuePair<ReferenceConnectionKey, ReferenceConnection>, bool> counts)
    {
        var candidates = _connections.Where(
            entry => entry.Key != key && counts(entry) && !entry.Value.IsExpired(call.Now, timeouts) && entry.Value.GivesWay(call.Now)).ToArray();
        var lowest = candidates.Where(entry => entry.Value.Worth == candidates.Min(other => other.Value.Worth));
        return
        [
            .. from entry in lowest
               group entry by entry.Key.Zone into zone
               let longest = zone.Max(entry => entry.Value.IdleMilliseconds(call.Now))
               from entry in zone
               where entry.Value.IdleMilliseconds(call.Now) == longest
               select entry,
        ];
    }

    /// <summary>A table that is 95 % full ends what has passed a quarter of its time, as it comes by.</summary>
    private void EndEarly(ReferenceConnectionKey key, Call call, int size)
    {
        if (_connections.Count < size - (size / 20))
        {
            return;
        }

        foreach ((ReferenceConnectionKey other, ReferenceConnection connection) in _connections.ToArray())
        {
            if (other != key && connection.EndsEarly(call.Now, timeouts) && IsGone(other))
            {
                _connections.Remove(other);
            }
        }
    }

    private bool IsGone(ReferenceConnectionKey key) => Holds is not null && !Holds(NicIdOf(key), key);

    private string NicIdOf(ReferenceConnectionKey key) => _zones.First(zone => zone.Value.Number == key.Zone).Key;
}
