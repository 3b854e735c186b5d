namespace SecurityGroups.Tracking;

// What is tracked, for people.
internal sealed partial class ConnectionTracker
{
    /// <summary>
    /// The live connections of some zones, each as it was when visited; others may come and go meanwhile. Walks the table as it is enumerated.
    /// </summary>
    /// <param name="nicIds">The zones and the ids of the NICs they belong to.</param>
    /// <param name="nowMilliseconds">The time.</param>
    public IEnumerable<ConnectionInfo> Snapshot(IReadOnlyDictionary<uint, string> nicIds, long nowMilliseconds)
    {
        for (uint index = 0; index < _table.Used; index++)
        {
            if (TrySnapshot(index, nicIds, nowMilliseconds) is { } info)
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

        _table.Release(index, state);
        return _timeouts.IsExpired(state, nowMilliseconds) ? null : Describe(key, nicId, state, nowMilliseconds);
    }

    private ConnectionInfo? TrySnapshot(uint index, IReadOnlyDictionary<uint, string> nicIds, long now)
    {
        if (!ConnectionTable.TryLock(ref _table[index], out ConnectionState state))
        {
            return null;
        }

        FlowKey key = _table.KeyOf(index);
        _table.Release(index, state);
        return nicIds.TryGetValue(key.Zone, out string? nicId) && !_timeouts.IsExpired(state, now) ? Describe(key, nicId, state, now) : null;
    }

    private ConnectionInfo Describe(in FlowKey key, string nicId, ConnectionState state, long now)
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
