namespace SecurityGroups.Tracking;

/// <summary>The zones by number. Numbers are never used twice, so that a NIC cannot inherit the connections of another.</summary>
internal sealed class ZoneTable
{
    /// <summary>The key holds 31 bits of it.</summary>
    private const uint MaxZone = int.MaxValue;

    private readonly Lock _changes = new();
    private Zone?[] _zones = new Zone?[64];
    private uint _next;

    /// <summary>Opens a zone.</summary>
    /// <exception cref="InvalidOperationException">2^31 zones were opened in the life of this table.</exception>
    public uint Register()
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

            Volatile.Write(ref _zones[zone], new Zone());
            return zone;
        }
    }

    /// <summary>Closes a zone: its connections never match again and are reclaimed in time.</summary>
    public void Retire(uint zone)
    {
        lock (_changes)
        {
            if (zone < _next)
            {
                Volatile.Write(ref _zones[zone], null);
            }
        }
    }

    /// <summary>The zone, or null when it was closed.</summary>
    public Zone? Find(uint zone)
    {
        Zone?[] zones = Volatile.Read(ref _zones);
        return zone < (uint)zones.Length ? Volatile.Read(ref zones[zone]) : null;
    }
}
