namespace SecurityGroups.Tracking;

/// <summary>
/// A <see cref="ConnectionFilter"/> over the zones of some NICs, ready to be asked about one connection after the other: allocates nothing
/// and waits for nothing, so it may be asked while an entry is locked.
/// </summary>
/// <param name="filter">What the host asked for; its NIC id is answered by the zones.</param>
/// <param name="nicIds">The zones that are meant and the ids of their NICs.</param>
internal sealed class ConnectionSelection(ConnectionFilter filter, IReadOnlyDictionary<uint, string> nicIds)
{
    private readonly long _minIdle = (long)Math.Ceiling(filter.MinIdle.TotalMilliseconds);

    /// <summary>The id of the NIC of a zone that is meant.</summary>
    public string NicIdOf(uint zone) => nicIds[zone];

    /// <summary>Whether connections of a zone may be meant; tells the others without locking them.</summary>
    public bool HasZone(uint zone) => nicIds.ContainsKey(zone);

    public bool Matches(in FlowKey key, ConnectionState state, long now) =>
        HasZone(key.Zone)
        && (filter.Ethertype is not { } ethertype || ethertype == key.Ethertype)
        && (filter.Protocol.IsAny || filter.Protocol.Number == key.Protocol)
        && (filter.VlanIds is not { } vlanIds || vlanIds == key.VlanIds)
        && Covers(filter.Local, key.Ethertype, key.Local)
        && Covers(filter.Remote, key.Ethertype, key.Remote)
        && MatchesPorts(key)
        && (filter.Initiated is not { } initiated || initiated == state.Original)
        && (filter.IsRevoked is not { } isRevoked || isRevoked == state.IsRevoked)
        && (filter.State is not { } name || name == StateNames.Of(state))
        && state.IdleMilliseconds(now) >= _minIdle;

    private static bool Covers(Cidr? prefix, Ethertype ethertype, UInt128 address) =>
        prefix is null
        || (prefix.Ethertype == ethertype && (address & AddressBits.Mask(ethertype, prefix.PrefixLength)) == prefix.Bits);

    // The port words of ICMP hold other things.
    private bool MatchesPorts(in FlowKey key)
    {
        bool hasPorts = Packets.ProtocolNumbers.HasPorts(key.Protocol);
        return Within(filter.LocalPorts, hasPorts ? key.LocalPort : 0) && Within(filter.RemotePorts, hasPorts ? key.RemotePort : 0);
    }

    private static bool Within(PortRange ports, int port) => ports.IsAll || (port >= ports.Min && port <= ports.Max);
}
