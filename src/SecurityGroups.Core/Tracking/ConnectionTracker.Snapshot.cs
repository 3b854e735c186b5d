namespace SecurityGroups.Tracking;

// What is tracked, for people.
internal sealed partial class ConnectionTracker
{
    /// <summary>The live connections of a zone, each as it was when visited; others may come and go meanwhile. Slow, allocates.</summary>
    public List<ConnectionInfo> GetConnections(uint zone, long nowMilliseconds)
    {
        List<ConnectionInfo> connections = [];
        uint used = _table.Used;
        for (uint index = 0; index < used; index++)
        {
            if (_table[index].Zone == zone && TrySnapshot(index, nowMilliseconds, out ConnectionInfo? info, zone))
            {
                connections.Add(info);
            }
        }

        return connections;
    }

    /// <summary>The connection of a key, or null.</summary>
    public ConnectionInfo? Find(in FlowKey key, long nowMilliseconds)
    {
        if (!_table.TryAcquire(key, Hash(key), out uint index, out ConnectionState state))
        {
            return null;
        }

        _table.Release(index, state);
        return _timeouts.IsExpired(state, nowMilliseconds) ? null : Describe(key, state, nowMilliseconds);
    }

    private bool TrySnapshot(uint index, long now, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ConnectionInfo? info, uint zone)
    {
        info = null;
        if (!ConnectionTable.TryLock(ref _table[index], out ConnectionState state))
        {
            return false;
        }

        FlowKey key = _table.KeyOf(index);
        _table.Release(index, state);

        // The entry may have changed hands since it was looked at.
        if (key.Zone != zone || _timeouts.IsExpired(state, now))
        {
            return false;
        }

        info = Describe(key, state, now);
        return true;
    }

    private ConnectionInfo Describe(in FlowKey key, ConnectionState state, long now)
    {
        bool isIcmp = IcmpQuery.IsIcmp(key.Ethertype, key.Protocol);
        ushort request = key.MatchPort(state.Original);
        long idle = state.IdleMilliseconds(now);
        return new ConnectionInfo
        {
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
            State = NameOf(state),
            Idle = TimeSpan.FromMilliseconds(idle),
            ExpiresIn = TimeSpan.FromMilliseconds(_timeouts.TimeoutOf(state) - idle),
            IsRevoked = state.IsRevoked,
        };
    }

    private static string NameOf(ConnectionState state) => state.Class switch
    {
        ConnectionClass.SynSent or ConnectionClass.SynSent2 => "synSent",
        ConnectionClass.SynReceived or ConnectionClass.SynReceived2 => "synReceived",
        ConnectionClass.Established => "established",
        ConnectionClass.FinWait => "finWait",
        ConnectionClass.CloseWait => "closeWait",
        ConnectionClass.LastAck => "lastAck",
        ConnectionClass.TimeWait => "timeWait",
        ConnectionClass.Close => "close",
        ConnectionClass.UdpStream => "stream",
        _ => state.IsReplied ? "replied" : "unreplied",
    };
}
