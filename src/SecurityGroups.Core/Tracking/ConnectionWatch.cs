using SecurityGroups.Events;

namespace SecurityGroups.Tracking;

/// <summary>What is told of connections beside deciding about them: what each carried, when it began and how it ended.</summary>
/// <remarks>
/// There is none when neither is wanted, so that a packet then pays for one test of a reference. Counters lie in an array beside the entries, 32 octets
/// a connection, ingress first, and are asked for ahead like them. Every member is called by who holds the entry's lock, so the events of one connection, and of all that have the same key
/// one after the other, are in order, and counters need no atomic additions.
/// A tombstone counts as ended: its end is told when the connection is revoked, and a start when it lives on.
/// </remarks>
internal sealed class ConnectionWatch
{
    private const uint Directions = 2;
    private readonly AlignedArray<DirectionTraffic>? _traffic;
    private readonly EventRing? _events;
    private readonly ZoneTable _zones;

    private ConnectionWatch(AlignedArray<DirectionTraffic>? traffic, EventRing? events, ZoneTable zones)
    {
        _traffic = traffic;
        _events = events;
        _zones = zones;
    }

    /// <summary>Whether starts and ends are told.</summary>
    public bool Tells => _events is not null;

    /// <summary>The watch that options ask for, or null.</summary>
    public static ConnectionWatch? Create(ConnectionTrackingOptions options, EventRing? events, ZoneTable zones) => options.CountTraffic || events is not null
        ? new ConnectionWatch(options.CountTraffic ? new AlignedArray<DirectionTraffic>((int)Directions * options.MaxConnections) : null, events, zones)
        : null;

    /// <summary>What a connection carried; null when that is not counted.</summary>
    public ConnectionTraffic? TrafficOf(uint index)
    {
        if (_traffic is not { } traffic)
        {
            return null;
        }

        DirectionTraffic ingress = traffic[Place(index, Direction.Ingress)];
        DirectionTraffic egress = traffic[Place(index, Direction.Egress)];
        return new ConnectionTraffic(ingress.Packets, ingress.Octets, egress.Packets, egress.Octets);
    }

    public void SetTraffic(uint index, in ConnectionTraffic value)
    {
        if (_traffic is { } traffic)
        {
            traffic[Place(index, Direction.Ingress)] = new DirectionTraffic { Packets = value.IngressPackets, Octets = value.IngressOctets };
            traffic[Place(index, Direction.Egress)] = new DirectionTraffic { Packets = value.EgressPackets, Octets = value.EgressOctets };
        }
    }

    public void Count(uint index, Direction direction, int octets)
    {
        if (_traffic is { } traffic)
        {
            ref DirectionTraffic counted = ref traffic[Place(index, direction)];
            counted.Packets++;
            counted.Octets += octets;
        }
    }

    /// <summary>Asks for the counters' line ahead of its use.</summary>
    public void Prefetch(uint index) => _traffic?.Prefetch(Directions * index);

    /// <summary>A connection began.</summary>
    public void TellStart(in FlowKey key, ConnectionState state, long time, Decision decision)
    {
        if (_events is { } events && events.TryClaim(out long position))
        {
            events.At(position) = Describe(key, state, time) with { Kind = FirewallEventKind.ConnectionStarted, Decision = decision };
            events.Publish(position);
        }
    }

    /// <summary>A connection, <paramref name="last"/> its state before that, ended.</summary>
    public void TellEnd(uint index, in FlowKey key, ConnectionState last, ConnectionEnd end, long time)
    {
        if (_events is { } events && events.TryClaim(out long position))
        {
            events.At(position) = Describe(key, last, time) with
            {
                Kind = FirewallEventKind.ConnectionEnded,
                End = end,
                State = StateNames.Of(last),
                Idle = last.IdleMilliseconds(time),
                Traffic = TrafficOf(index),
            };
            events.Publish(position);
        }
    }

    private static uint Place(uint index, Direction direction) => (Directions * index) + (uint)direction;

    private EventRecord Describe(in FlowKey key, ConnectionState state, long time)
    {
        bool isIcmp = IcmpQuery.IsIcmp(key.Ethertype, key.Protocol);
        return new EventRecord
        {
            NicId = _zones.FindOfConnection(key.Zone)?.NicId ?? "",
            Time = time,
            Direction = state.Original,
            EtherType = key.IsIPv6 ? Packets.EtherTypes.IPv6 : Packets.EtherTypes.IPv4,
            HasAddresses = true,
            Local = key.Local,
            Remote = key.Remote,
            Protocol = key.Protocol,
            VlanIds = key.VlanIds,
            LocalPort = isIcmp ? (ushort)0 : key.LocalPort,
            RemotePort = isIcmp ? (ushort)0 : key.RemotePort,
            HasIcmp = isIcmp,
            IcmpIdentifier = isIcmp ? key.LocalPort : (ushort)0,
            IcmpTypeAndCode = isIcmp ? key.MatchPort(state.Original) : (ushort)0,
        };
    }
}
