using System.Collections.Concurrent;

namespace SecurityGroups.Tracking;

/// <summary>The zones by number. Numbers are never used twice, so that a NIC cannot inherit the connections of another.</summary>
/// <remarks>
/// Packets find the zones that are open. A zone that was closed is kept aside until the last of its connections is out of the table, since
/// whoever takes one out tells whose it was; then nothing is left of it. Lookups take no lock.
/// </remarks>
/// <param name="capacity">Connections of the table, for which there are links.</param>
internal sealed class ZoneTable(int capacity)
{
    /// <summary>The key holds 31 bits of it.</summary>
    private const uint MaxZone = int.MaxValue;

    private readonly Lock _changes = new();
    private readonly AlignedArray<RankLink> _links = new(capacity);
    private readonly ConcurrentDictionary<uint, Zone> _retired = new();
    private Zone?[] _zones = new Zone?[64];
    private uint _next;
    private int _count;

    /// <summary>Zones that are open.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Zones that are closed but still have connections in the table.</summary>
    public int RetiredCount => _retired.Count;

    /// <summary>Opens a zone.</summary>
    /// <exception cref="InvalidOperationException">2^31 zones were opened in the life of this table.</exception>
    public uint Register(string nicId = "")
    {
        lock (_changes)
        {
            if (_next == MaxZone)
            {
                throw new InvalidOperationException("No tracking zones are left; make a new firewall.");
            }

            uint zone = _next++;
            if (zone >= _zones.Length)
            {
                Zone?[] larger = new Zone?[_zones.Length * 2];
                _zones.CopyTo(larger, 0);
                Volatile.Write(ref _zones, larger);
            }

            Volatile.Write(ref _zones[zone], new Zone(nicId, new RankLists(_links)));
            Volatile.Write(ref _count, _count + 1);
            return zone;
        }
    }

    /// <summary>Closes a zone: its connections never match again and are reclaimed in time.</summary>
    public void Retire(uint number, long nowMilliseconds)
    {
        lock (_changes)
        {
            if (Find(number) is { } zone)
            {
                // Kept aside before it stops being found, so that it can be found at any moment; let go by who sees its last connection go.
                _retired[number] = zone;
                bool isEmpty = zone.Retire(nowMilliseconds);
                Interleaving.Step();
                Volatile.Write(ref _zones[number], null);
                Volatile.Write(ref _count, _count - 1);
                if (isEmpty)
                {
                    _retired.TryRemove(number, out _);
                }
            }
        }
    }

    /// <summary>The zone, or null when it was closed.</summary>
    public Zone? Find(uint zone)
    {
        Interleaving.Step();
        Zone?[] zones = Volatile.Read(ref _zones);
        return zone < (uint)zones.Length ? Volatile.Read(ref zones[zone]) : null;
    }

    /// <summary>The zone of a connection that is in the table, closed or not.</summary>
    public Zone? FindOfConnection(uint zone) => Find(zone) ?? _retired.GetValueOrDefault(zone);

    /// <summary>Counts a connection less in a zone.</summary>
    public void Leave(uint number, Zone zone, ConnectionRank rank)
    {
        if (zone.Remove(rank))
        {
            Interleaving.Step();
            _retired.TryRemove(number, out _);
        }
    }
}
