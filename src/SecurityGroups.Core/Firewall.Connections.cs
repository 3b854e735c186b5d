using SecurityGroups.Match;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <content>The tracked connections: list, remove, expire. Control calls: they walk the table, and packets go on meanwhile.</content>
public sealed partial class Firewall
{
    /// <summary>The tracked connections of every NIC at about this moment; packets go on meanwhile.</summary>
    public IEnumerable<ConnectionInfo> GetConnections() => GetConnections(ConnectionFilter.All);

    /// <summary>The tracked connections that a filter means, at about this moment; packets go on meanwhile.</summary>
    public IEnumerable<ConnectionInfo> GetConnections(ConnectionFilter filter) => GetConnections(filter, of: null);

    /// <summary>
    /// Forgets the tracked connections that a filter means: the next packet of such a connection is judged as the first of a new one. Unlike a
    /// revocation this denies nothing. Revoked connections stay, unless <see cref="ConnectionFilter.IsRevoked"/> is true, since they keep the other
    /// end from opening anew what the rules no longer allow.
    /// </summary>
    /// <returns>How many were removed; a packet that comes meanwhile may open some of them again.</returns>
    /// <exception cref="ObjectDisposedException">The firewall was disposed.</exception>
    public int RemoveConnections(ConnectionFilter filter) => RemoveConnections(filter, of: null);

    /// <summary>
    /// Takes expired connections out of the table. New connections do that by themselves, little by little; a host that wants to hear of ends
    /// (<see cref="ConnectionEnd"/>) without waiting for them calls this now and then.
    /// </summary>
    /// <param name="budget">How many places of the table to look at, going on where the last look ended; 0 or more.</param>
    /// <returns>How many connections were taken out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The budget is negative.</exception>
    /// <exception cref="ObjectDisposedException">The firewall was disposed.</exception>
    public int ExpireConnections(int budget) => ExpireConnectionsCore(budget, Clock.NowOrLatest());

    /// <summary>As the overload without timestamp, at a time the caller gives.</summary>
    /// <param name="budget">How many places of the table to look at, going on where the last look ended; 0 or more.</param>
    /// <param name="timestamp">Time since the fixed origin of all timestamps.</param>
    /// <returns>How many connections were taken out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The budget is negative.</exception>
    /// <exception cref="InvalidOperationException">The firewall has a time provider.</exception>
    /// <exception cref="ObjectDisposedException">The firewall was disposed.</exception>
    public int ExpireConnections(int budget, TimeSpan timestamp) => ExpireConnectionsCore(budget, Clock.FromCaller(timestamp));

    internal IEnumerable<ConnectionInfo> GetConnections(ConnectionFilter filter, NicFilter? of) => Tracker.Snapshot(Select(filter, of), Clock.NowOrLatest());

    internal int RemoveConnections(ConnectionFilter filter, NicFilter? of)
    {
        ArgumentNullException.ThrowIfNull(filter);
        int removed = Tracker.Remove(Select(filter with { IsRevoked = filter.IsRevoked ?? false }, of), Clock.NowOrLatest());
        GC.KeepAlive(this);
        return removed;
    }

    private int ExpireConnectionsCore(int budget, long nowMilliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(budget);
        _ = RulesetInForce();
        int reclaimed = Tracker.Reclaim(nowMilliseconds, budget);
        GC.KeepAlive(this);
        return reclaimed;
    }

    private ConnectionSelection Select(ConnectionFilter filter, NicFilter? of)
    {
        ArgumentNullException.ThrowIfNull(filter);
        IEnumerable<NicBinding> nics = RulesetInForce().Nics.All()
            .Where(nic => (filter.NicId ?? nic.Id) == nic.Id && (of is null || ReferenceEquals(nic.Incarnation, of)));
        return new ConnectionSelection(filter, nics.ToDictionary(nic => nic.Zone, nic => nic.Id));
    }
}
