namespace SecurityGroups.Tests.Support;

/// <summary>
/// The whole firewall again, slow and obvious, from the documents alone: one dictionary of connections, every rule looked at for every
/// packet, no compiled form, no laziness. A connection is asked about at every packet, so "stale" has no meaning here: whatever the real
/// one skips must not show. Single-threaded; time is what the caller says.
/// </summary>
internal sealed partial class ReferenceFirewall(Policy policy, FirewallOptions options, ReferenceTimeouts timeouts)
{
    private const long DhcpAnswerMilliseconds = 60_000;

    private readonly Dictionary<string, Zone> _zones = policy.Nics.Keys.ToDictionary(id => id, _ => new Zone());
    private readonly Dictionary<ReferenceConnectionKey, ReferenceConnection> _connections = [];
    private Reason? _said;

    public Policy Policy { get; private set; } = policy;

    /// <summary>
    /// Replaces the policy. A NIC that goes, moves to another network, or changes between stateful, stateless and unfiltered, forgets its
    /// connections.
    /// </summary>
    public void Update(Policy changed)
    {
        foreach (string id in _zones.Keys.Except(changed.Nics.Keys).ToArray())
        {
            _zones.Remove(id);
        }

        foreach (string id in changed.Nics.Keys)
        {
            if (!_zones.TryGetValue(id, out Zone? zone))
            {
                _zones[id] = new Zone();
            }
            else if (KindOf(Policy, id) != KindOf(changed, id))
            {
                zone.Number = Zone.NextNumber();
            }
        }

        HashSet<int> alive = [.. _zones.Values.Select(zone => zone.Number)];
        foreach (ReferenceConnectionKey key in _connections.Keys.Where(key => !alive.Contains(key.Zone)).ToArray())
        {
            _connections.Remove(key);
        }

        Policy = changed;
    }

    /// <summary>
    /// Another firewall with this one's connections, restored from a stream: the rest of what NICs remember is gone, and so is what expired. The
    /// rules are asked about each connection at its next packet.
    /// </summary>
    public void Restart(long nowMilliseconds)
    {
        foreach ((ReferenceConnectionKey key, ReferenceConnection connection) in _connections.ToArray())
        {
            if (connection.IsExpired(nowMilliseconds, timeouts))
            {
                _connections.Remove(key);
            }

            connection.Restore(nowMilliseconds);
        }

        _datagrams.Clear();
        foreach (Zone zone in _zones.Values)
        {
            zone.DhcpRequestMilliseconds = null;
            zone.IcmpFullAtMicroseconds = 0;
        }
    }

    /// <summary>
    /// Decides one packet. <paramref name="said"/>: what the real one said; no room is right as well while expired entries take it, for
    /// when they are reclaimed is its own affair.
    /// </summary>
    public (Verdict Verdict, Reason Reason) Filter(string nicId, Direction direction, byte[] octets, long nowMilliseconds, Reason? said = null)
    {
        _said = said;
        _held = null;
        Reason reason = Decide(nicId, direction, octets, nowMilliseconds);
        return (_held is not null ? Verdict.Hold : VerdictOf(reason), reason);
    }

    private static Verdict VerdictOf(Reason reason) =>
        reason is Reason.MatchedRule or Reason.Established or Reason.Related or Reason.Infrastructure or Reason.NicSecurityOff or Reason.PassIgnored
            ? Verdict.Allow
            : Verdict.Deny;

    /// <summary>
    /// Whether no connection, nor fragmented datagram, that had expired at a later time lives at an earlier one. When the clock goes back over an expiry, the real one
    /// may have reclaimed the connection or not, and either is right.
    /// </summary>
    public bool IsSameAt(long laterMilliseconds, long earlierMilliseconds) =>
        _connections.Values.All(connection => connection.IsExpired(laterMilliseconds, timeouts) == connection.IsExpired(earlierMilliseconds, timeouts))
        && _datagrams.Values.All(datagram => IsExpired(datagram, laterMilliseconds) == IsExpired(datagram, earlierMilliseconds));

    /// <summary>The rules of the NIC that match a packet, whatever connections say.</summary>
    public IEnumerable<SecurityGroupRule> MatchingRules(string nicId, Direction direction, byte[] octets)
    {
        ReferenceNic nic = new(Policy.Nics[nicId], options);
        ReferencePacket packet = ReferencePacket.Read(octets, nic.LinkType, options);
        return ReferenceRules.Matching(Policy, nic.Nic, FlowOf(direction, packet));
    }

    private static ReferenceFlow FlowOf(Direction direction, ReferencePacket packet) =>
        new(direction, direction == Direction.Egress ? packet.Destination : packet.Source, packet.Protocol, packet.RulePort);

    private static (bool Security, bool Stateful, string Network) KindOf(Policy policy, string id)
    {
        Nic nic = policy.Nics[id];
        return (nic.NicSecurity, ReferenceRules.IsStateful(policy, nic), nic.NetworkId);
    }

    private Reason Decide(string nicId, Direction direction, byte[] octets, long now)
    {
        if (!_zones.TryGetValue(nicId, out Zone? zone))
        {
            return Reason.NicRemoved;
        }

        ReferenceNic nic = new(Policy.Nics[nicId], options);
        if (!nic.Nic.NicSecurity)
        {
            return Reason.NicSecurityOff;
        }

        ReferencePacket packet = ReferencePacket.Read(octets, nic.LinkType, options);
        if (packet.Fault != Reason.NotEvaluated)
        {
            PoisonIfTiny(nic, zone, direction, packet, now);
            return packet.Fault;
        }

        bool hasFreshRequest = zone.DhcpRequestMilliseconds is { } asked && Math.Abs(now - asked) <= DhcpAnswerMilliseconds;
        ReferencePlace place = new(Policy, nic, options, direction, packet, hasFreshRequest);
        if (place.Decide() is { } reason)
        {
            if (reason == Reason.Infrastructure && place.IsDhcpBroadcastRequest)
            {
                zone.DhcpRequestMilliseconds = now;
            }

            return reason;
        }

        Call call = new(nic, zone, direction, packet, FlowOf(direction, packet), now);
        return packet.IsFragment ? DecideFragment(call) : DecidePlaced(call);
    }

    private Reason DecidePlaced(Call call) =>
        ReferenceRules.IsStateful(Policy, call.Nic.Nic) ? DecideStateful(call) : ByRules(call.Nic.Nic, call.Flow);

    private Reason ByRules(Nic nic, ReferenceFlow flow) => ReferenceRules.Allows(Policy, nic, flow) ? Reason.MatchedRule : Reason.NoMatchingRule;

    private sealed record Call(ReferenceNic Nic, Zone Zone, Direction Direction, ReferencePacket Packet, ReferenceFlow Flow, long Now);

    /// <summary>What a NIC remembers besides its connections, which carry its number.</summary>
    private sealed class Zone
    {
        private static int s_last;

        public int Number { get; set; } = NextNumber();

        public long? DhcpRequestMilliseconds { get; set; }

        /// <summary>When the bucket of ICMP errors would be full again.</summary>
        public long IcmpFullAtMicroseconds { get; set; }

        public static int NextNumber() => Interlocked.Increment(ref s_last);
    }
}
