namespace SecurityGroups.Tracking;

// What is tracked, for people.
internal sealed partial class ConnectionTracker
{
    /// <summary>
    /// The live connections that are meant, each as it was when visited; others may come and go meanwhile. Walks the table as it is enumerated.
    /// </summary>
    public IEnumerable<ConnectionInfo> Snapshot(ConnectionSelection selection, long nowMilliseconds)
    {
        for (uint index = 0; index < _table.Used; index++)
        {
            if (TrySnapshot(index, selection, nowMilliseconds) is { } info)
            {
                yield return info;
            }
        }
    }

    /// <summary>The connection of a key, or null.</summary>
    public ConnectionInfo? Find(in FlowKey key, string nicId, long nowMilliseconds)
    {
        if (!_table.TryAcquire(key, Hash(key), out uint index, out ConnectionState state))
        {
            return null;
        }

        ConnectionTraffic? traffic = _watch?.TrafficOf(index);
        _table.Unlock(index, state);
        return _timeouts.IsExpired(state, nowMilliseconds) ? null : Describe(key, nicId, state, nowMilliseconds, traffic);
    }

    private ConnectionInfo? TrySnapshot(uint index, ConnectionSelection selection, long now)
    {
        if (!TryLockMeant(index, selection, now, out ConnectionState state))
        {
            return null;
        }

        FlowKey key = _table.KeyOf(index);
        ConnectionTraffic? traffic = _watch?.TrafficOf(index);
        _table.Unlock(index, state);
        return Describe(key, selection.NicIdOf(key.Zone), state, now, traffic);
    }

    private ConnectionInfo Describe(in FlowKey key, string nicId, ConnectionState state, long now, ConnectionTraffic? traffic)
    {
        bool isIcmp = IcmpQuery.IsIcmp(key.Ethertype, key.Protocol);
        ushort request = key.MatchPort(state.Original);
        long idle = state.IdleMilliseconds(now);
        return new ConnectionInfo
        {
            NicId = nicId,
            Ethertype = key.Ethertype,
            Protocol = IpProtocol.FromNumber(key.Protocol),
            LocalAddress = AddressBits.ToIPAddress(key.Local, key.Ethertype),
            RemoteAddress = AddressBits.ToIPAddress(key.Remote, key.Ethertype),
            LocalPort = isIcmp ? 0 : key.LocalPort,
            RemotePort = isIcmp ? 0 : key.RemotePort,
            IcmpIdentifier = isIcmp ? key.LocalPort : null,
            IcmpType = isIcmp ? request >> 8 : null,
            IcmpCode = isIcmp ? (byte)request : null,
            VlanIds = (int)key.VlanIds,
            Initiated = state.Original,
            State = StateNames.Of(state),
            Idle = TimeSpan.FromMilliseconds(idle),
            ExpiresIn = TimeSpan.FromMilliseconds(_timeouts.TimeoutOf(state) - idle),
            IsRevoked = state.IsRevoked,
            Traffic = traffic,
        };
    }
}
