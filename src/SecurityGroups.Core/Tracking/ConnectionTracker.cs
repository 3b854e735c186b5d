using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SecurityGroups.Events;
using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>The connections of a firewall: finds, advances, creates, revokes and expires them.</summary>
/// <remarks>
/// Order of one packet of the orchestrator: <c>Track</c>, for ICMP errors <c>Relate</c>, <c>CanOpen</c>, the rules, <c>Create</c>. Any thread may
/// call any member; packets of one connection take turns through the lock bit of its entry, others do not meet. Nothing here allocates or
/// throws but the control calls (zones, snapshots).
/// Times are milliseconds from any fixed origin; a time older than a connection's last packet counts as equal to it.
/// </remarks>
internal sealed partial class ConnectionTracker
{
    private readonly TimeoutTable _timeouts;
    private readonly ZoneTable _zones;
    private readonly ConnectionTable _table;
    private readonly int _icmpErrorsPerSecond;
    private readonly ConnectionWatch? _watch;

    public ConnectionTracker(ConnectionTrackingOptions options, FragmentOptions? fragments = null, EventRing? events = null)
    {
        _timeouts = new TimeoutTable(options.Timeouts);
        _zones = new ZoneTable(options.MaxConnections);
        _watch = ConnectionWatch.Create(options, events, _zones);
        RoomShares shares = new(options.UnrepliedPercentage, options.HalfOpenPercentage);
        _table = new ConnectionTable(options.MaxConnections, shares, _timeouts, _zones, watch: _watch);
        _icmpErrorsPerSecond = options.IcmpErrorsPerSecond;
        Fragments = new FragmentTable(fragments ?? new FragmentOptions(), options.Timeouts, _zones);
    }

    /// <summary>Connections in the table, expired ones that were not reclaimed yet included.</summary>
    public int Count => _table.Count;

    public int Capacity => _table.Capacity;

    internal ConnectionTable Table => _table;

    /// <summary>The verdicts on fragmented datagrams, of all NICs, whether they track connections or not.</summary>
    public FragmentTable Fragments { get; }

    /// <summary>Opens a tracking zone; one per incarnation of a NIC. Numbers are never used twice.</summary>
    public uint RegisterZone(string nicId = "") => _zones.Register(nicId);

    /// <summary>Closes a zone: its connections never match again and are reclaimed in time.</summary>
    public void RetireZone(uint zone, long nowMilliseconds) => _zones.Retire(zone, nowMilliseconds);

    /// <summary>Zones have a quota from now on: who may go for newcomers is to be found. Takes as long as the table is large.</summary>
    public void LimitZones(ImmutableArray<uint> zones)
    {
        if (!zones.IsEmpty)
        {
            _table.ListConnections(zones);
        }
    }

    /// <summary>What is counted of a zone; null when it was closed.</summary>
    public Zone? FindZone(uint zone) => _zones.Find(zone);

    /// <summary>Connections of a zone, expired ones that were not reclaimed yet included.</summary>
    public int CountOf(uint zone) => _zones.Find(zone)?.Connections ?? 0;

    /// <summary>Takes expired connections out, looking at <paramref name="budget"/> entries; inserts do that by themselves, little by little.</summary>
    public int Reclaim(long nowMilliseconds, int budget) => _table.Reclaim(nowMilliseconds, budget);

    /// <summary>The hash of a key. Bursts call <see cref="LookForAll"/>, then the short ways or Track.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(in FlowKey key) => _table.Hash(key);

    /// <summary>Looks where the connection of a hash may be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Sighting Look(ulong hash) => _table.Look(hash);

    /// <summary>As <see cref="ConnectionTable.LookForAll"/>.</summary>
    public uint LookForAll(Span<Flow> flows) => _table.LookForAll(flows);

    /// <summary>Whether packets of this kind have connections: not later fragments, nor ICMP but queries, nor source port 0 (it takes no answer).</summary>
    public static bool IsTrackable(in ParsedPacket packet)
    {
        if (packet.Kind is not (PacketKind.IPv4 or PacketKind.IPv6) || packet.Has(PacketTraits.LaterFragment))
        {
            return false;
        }

        if (packet.Has(PacketTraits.Icmp))
        {
            return IcmpQuery.IsRequest(packet.Protocol, packet.IcmpType) || IcmpQuery.IsReply(packet.Protocol, packet.IcmpType);
        }

        return !packet.Has(PacketTraits.Ports) || packet.SourcePort != 0;
    }

    /// <summary>
    /// Looks the packet's connection up and advances it: expired = not found; tombstone, staleness, TCP state and window, timers.
    /// <paramref name="commit"/> false does the same on a copy and changes nothing (Explain).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TrackResult Track<TPolicy>(
        in FlowKey key, in ParsedPacket packet, Direction direction, long nowMilliseconds, in TrackingModes modes, in TPolicy policy, bool commit)
        where TPolicy : struct, IConnectionPolicy =>
        Track(Hash(key), key, packet, direction, nowMilliseconds, modes, policy, commit);

    /// <summary>As above, with the hash of the key computed before.</summary>
    public TrackResult Track<TPolicy>(
        ulong hash, in FlowKey key, in ParsedPacket packet, Direction direction, long nowMilliseconds, in TrackingModes modes, in TPolicy policy, bool commit)
        where TPolicy : struct, IConnectionPolicy
    {
        if (!_table.TryAcquire(key, hash, out uint index, out ConnectionState state))
        {
            return default;
        }

        if (!commit)
        {
            return Preview(index, state, key, packet, direction, nowMilliseconds, modes, policy);
        }

        TrackResult result = Step(ref _table[index], ref _table.Hint(index), ref state, key, packet, direction, nowMilliseconds, modes, policy);
        if (_watch is not null)
        {
            Note(_watch, index, key, state, packet, direction, nowMilliseconds, result);
        }

        _table.Release(index, state);
        if (result.IsTolerated)
        {
            _zones.Find(key.Zone)?.CountTolerated();
        }

        return result;
    }

    /// <summary>Which way a connection's first packet went; false when there is no such connection.</summary>
    public bool TryGetOriginal(in FlowKey key, ulong hash, out Direction original)
    {
        bool isFound = _table.TryAcquire(key, hash, out uint index, out ConnectionState state);
        if (isFound)
        {
            _table.Unlock(index, state);
        }

        original = state.Original;
        return isFound;
    }

    /// <summary>Whether a packet without connection may open one (step 8 of decisions.md): <see cref="Reason.NotEvaluated"/> = yes, else why not.</summary>
    public static Reason CanOpen(in ParsedPacket packet, Direction direction, in TrackingModes modes)
    {
        if (packet.Has(PacketTraits.LaterFragment))
        {
            return Reason.NotEvaluated;
        }

        if (packet.Has(PacketTraits.Icmp))
        {
            return packet.Has(PacketTraits.IcmpError) ? Reason.UnrelatedIcmp
                : IcmpQuery.IsReply(packet.Protocol, packet.IcmpType) ? Reason.InvalidState : Reason.NotEvaluated;
        }

        return packet.Protocol == ProtocolNumbers.Tcp ? CanOpenTcp(TcpStates.KindOf(packet.TcpFlags), direction, modes) : Reason.NotEvaluated;
    }

    /// <summary>
    /// Makes the connection of a packet that the rules admitted. <see cref="Reason.NotEvaluated"/> = made; another thread having made it
    /// meanwhile counts as made after this packet advanced it, and so does a connection of a NIC that was removed meanwhile, which would be
    /// forgotten anyway. Otherwise why the packet must be denied: no room, or the other's connection refuses it.
    /// </summary>
    public Reason Create(
        in FlowKey key, in ParsedPacket packet, Direction direction, long nowMilliseconds, in TrackingModes modes, uint stamp, bool commit,
        Decision decision = default)
    {
        ulong hash = Hash(key);
        ConnectionEntry entry = new(key) { Stamp = stamp };
        ConnectionState state = packet.Protocol == ProtocolNumbers.Tcp
            ? TcpTracking.Open(ref entry, new TcpSegment(packet), direction, nowMilliseconds)
            : DatagramTracking.Open(ref entry, packet, direction, nowMilliseconds);
        if (!commit)
        {
            return ReasonOf(_table.Foretell(key, hash, state.Rank, nowMilliseconds, modes.MaxConnections));
        }

        Opening opening = new(default(ConnectionTraffic).Plus(direction, packet.IpOctets), decision);
        while (true)
        {
            InsertResult inserted = _table.TryInsert(key, hash, entry, state, nowMilliseconds, modes.MaxConnections, opening);
            if (inserted != InsertResult.Exists)
            {
                return ReasonOf(inserted);
            }

            // Threads A and B admitted the first packets of one connection at once (behaviour U11); the other was first.
            if (TryJoin(key, hash, packet, direction, nowMilliseconds, modes, out Reason reason))
            {
                return reason;
            }
        }
    }

    private static Reason CanOpenTcp(TcpSegmentKind kind, Direction direction, in TrackingModes modes)
    {
        switch (kind)
        {
            case TcpSegmentKind.Syn:
                return Reason.NotEvaluated;
            case TcpSegmentKind.Ack:
                bool mayPickUp = modes.PickUp == PickUp.Loose || (modes.PickUp == PickUp.LooseEgressOnly && direction == Direction.Egress);
                return mayPickUp ? Reason.NotEvaluated : Reason.NotSyn;
            default:
                return Reason.InvalidState;
        }
    }

    private static Reason ReasonOf(InsertResult inserted) => inserted switch
    {
        InsertResult.Inserted or InsertResult.ZoneRetired => Reason.NotEvaluated,
        InsertResult.ZoneFull => Reason.NicQuota,
        InsertResult.HalfOpenFull => Reason.HalfOpenLimit,
        _ => Reason.ConnectionTableFull,
    };

    private bool TryJoin(in FlowKey key, ulong hash, in ParsedPacket packet, Direction direction, long now, in TrackingModes modes, out Reason reason)
    {
        reason = Reason.NotEvaluated;
        if (!_table.TryAcquire(key, hash, out uint index, out ConnectionState state))
        {
            return false;
        }

        ref ConnectionEntry entry = ref _table[index];
        TrackResult result = state.IsRevoked
            ? TrackResult.Deny(Reason.PolicyRevoked)
            : Advance(ref entry, ref _table.Hint(index), ref state, packet, direction, now, modes);
        if (result.IsReuse)
        {
            // The rules have admitted this packet already.
            state.Kill(ConnectionEnd.Replaced, now);
            result = default;
        }

        if (_watch is not null)
        {
            Note(_watch, index, key, state, packet, direction, now, result);
        }

        _table.Release(index, state);
        reason = result.Verdict == Verdict.Allow ? Reason.NotEvaluated : result.Reason;
        return result.Found;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private TrackResult Preview<TPolicy>(
        uint index, ConnectionState state, in FlowKey key, in ParsedPacket packet, Direction direction, long now, in TrackingModes modes, in TPolicy policy)
        where TPolicy : struct, IConnectionPolicy
    {
        ConnectionEntry copy = _table[index];
        TcpHint hint = _table.Hint(index);
        _table.Unlock(index, state);
        return Step(ref copy, ref hint, ref state, key, packet, direction, now, modes, policy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TrackResult Step<TPolicy>(
        ref ConnectionEntry entry, ref TcpHint hint, ref ConnectionState state, in FlowKey key, in ParsedPacket packet, Direction direction, long now,
        in TrackingModes modes, in TPolicy policy)
        where TPolicy : struct, IConnectionPolicy
    {
        if (_timeouts.IsExpired(state, now))
        {
            _timeouts.Expire(ref state, now);
            return default;
        }

        bool mustCheck = state.IsRevoked || IsStale(entry, key, modes, policy);
        if (mustCheck && !Revalidate(ref entry, ref state, key, packet, direction, now, modes, policy))
        {
            return state.IsLive ? TrackResult.Deny(Reason.PolicyRevoked) : default;
        }

        // Generations are compared as serial numbers: stamped anew at every packet, none is ever 2^31 updates behind.
        entry.Stamp = policy.Generation;
        TrackResult result = Advance(ref entry, ref hint, ref state, packet, direction, now, modes);
        if (!result.IsReuse || !policy.Allows(direction, key))
        {
            return result;
        }

        state.Kill(ConnectionEnd.Replaced, now);
        return default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TrackResult Advance(
        ref ConnectionEntry entry, ref TcpHint hint, ref ConnectionState state, in ParsedPacket packet, Direction direction, long now, in TrackingModes modes) =>
        packet.Protocol == ProtocolNumbers.Tcp
            ? TcpTracking.Advance(ref entry, ref hint, ref state, packet, direction, now, modes)
            : DatagramTracking.Advance(ref entry, ref state, direction, now, modes.RefreshOnEgressOnly);
}
