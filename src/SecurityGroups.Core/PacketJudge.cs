using System.Runtime.CompilerServices;
using SecurityGroups.Guard;
using SecurityGroups.Match;
using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <summary>
/// The way of a packet: form, place, infrastructure, connection, related error, rules (decisions.md "Order of one packet"). One value serves
/// one call or burst: it holds the ruleset, the NIC and the time that were read once at its start. With <c>commit</c> false it decides the
/// same and changes nothing, so Explain walks the very code that filters.
/// </summary>
internal readonly ref partial struct PacketJudge
{
    private readonly FirewallSettings _settings;
    private readonly ConnectionTracker _tracker;
    private readonly NicBinding _nic;
    private readonly NicState _state;
    private readonly FormEntry _form;
    private readonly NicRules _rules;
    private readonly long _now;
    private readonly Direction _direction;
    private readonly bool _commit;
    private readonly bool _takesPlain;

    public PacketJudge(
        FirewallSettings settings, ConnectionTracker tracker, Ruleset ruleset, NicBinding nic, NicState state, long nowMilliseconds, Direction direction, bool commit)
    {
        _settings = settings;
        _tracker = tracker;
        _nic = nic;
        _state = state;
        _form = ruleset.FormOf(nic);
        _rules = new NicRules(ruleset, nic, _form, state, commit);
        _now = nowMilliseconds;
        _direction = direction;
        _commit = commit;
        _takesPlain = commit && nic.Stateful && !settings.Parser.VerifyChecksums;
    }

    /// <summary>Whether the caller can keep packets and ask again.</summary>
    public bool MayHold { get; init; }

    /// <summary>
    /// Reads the bytes and identifies the packet's connection; the burst path asks for its memory early. <see cref="Reason.NotEvaluated"/> when the
    /// form is good.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Reason Read(ReadOnlySpan<byte> bytes, int originalLength, out ParsedPacket packet, ref Flow flow)
    {
        Reason form = PacketParser.Parse(bytes, originalLength, _nic.LinkType, _settings.Parser, out packet);
        flow.IsTracked = false;
        if (form == Reason.NotEvaluated)
        {
            Identify(packet, ref flow);
        }

        return form;
    }

    private void Identify(in ParsedPacket packet, ref Flow flow)
    {
        flow.IsTracked = _nic.Stateful && ConnectionTracker.IsTrackable(packet) && !SpecialAddresses.IsGroupDestination(packet, _nic);
        if (flow.IsTracked)
        {
            flow.Key = FlowKey.From(packet, _direction, _nic.Zone);
            flow.Hash = _tracker.Hash(flow.Key);
        }
    }

    /// <summary>
    /// Looks for the connections of a burst, whose memory is asked for on the way. A bit for each flow that has no connection, if none comes
    /// meanwhile.
    /// </summary>
    public uint LookForAll(Span<Flow> flows) => _tracker.LookForAll(flows);

    /// <summary>Reads and decides. A packet whose headers a capture cut (<see cref="PacketTraits.HeadersCut"/>) has no meaningful decision.</summary>
    [SkipLocalsInit]
    public Decision Decide(ReadOnlySpan<byte> bytes, int originalLength, out ParsedPacket packet)
    {
        Unsafe.SkipInit(out Flow flow);
        Reason form = Read(bytes, originalLength, out packet, ref flow);
        return Decide(form, bytes, packet, flow);
    }

    /// <summary>Decides a packet that was read before.</summary>
    public Decision Decide(Reason form, ReadOnlySpan<byte> bytes, in ParsedPacket packet, in Flow flow) =>
        form == Reason.NotEvaluated ? Judge(bytes, packet, flow) : DenyForm(form, packet);

    /// <summary>The connection that a packet belongs to, if there is one.</summary>
    public ConnectionInfo? FindConnection(in ParsedPacket packet)
    {
        Flow flow = default;
        Identify(packet, ref flow);
        return flow.IsTracked ? _tracker.Find(flow.Key, _nic.Id, _now) : null;
    }

    /// <summary>Tells of a denied packet, where somebody wants to hear of them.</summary>
    public void Report(in ParsedPacket packet, Decision decision)
    {
        if (decision.Verdict == Verdict.Deny)
        {
            _settings.Denials?.Report(_nic.Id, _direction, packet, decision, _now);
        }
    }

    // Form is good, as far as the parser can tell.
    private Decision Judge(ReadOnlySpan<byte> bytes, in ParsedPacket packet, in Flow flow)
    {
        Reason reason = CheckForm(packet);
        if (reason == Reason.NotEvaluated)
        {
            reason = CheckPlace(packet);
        }

        if (reason != Reason.NotEvaluated)
        {
            return Decision.Deny(reason);
        }

        return packet.Has(PacketTraits.Fragment) ? JudgeFragment(bytes, packet, flow) : JudgePlaced(bytes, packet, flow);
    }

    // Form and place are good.
    private Decision JudgePlaced(ReadOnlySpan<byte> bytes, in ParsedPacket packet, in Flow flow)
    {
        // TCP is never infrastructure: the established path skips the question.
        if (packet.Protocol != ProtocolNumbers.Tcp && InfrastructureGuard.Admits(packet, _direction, _nic, _state, _now, _commit))
        {
            return Decision.Allow(Reason.Infrastructure);
        }

        return packet.Kind is not (PacketKind.IPv4 or PacketKind.IPv6) ? Decision.Deny(Reason.NoMatchingRule)
            : _nic.Stateful ? JudgeStateful(bytes, packet, flow)
            : JudgeByRules(packet);
    }

    // Form beyond the parser's: what only the options and the NIC can tell.
    private Reason CheckForm(in ParsedPacket packet)
    {
        if (packet.Kind == PacketKind.Other && !_settings.AllowsEthertype(packet.EtherType))
        {
            return Reason.EthertypeNotAllowed;
        }

        if (packet.VlanIds != 0 && !_settings.AnyVlan && !_nic.AcceptsVlans(packet.VlanIds))
        {
            return Reason.VlanNotAllowed;
        }

        return AddressGuard.CheckMartian(packet, _direction, _nic, _form.Form, _settings.Martians);
    }

    private Reason CheckPlace(in ParsedPacket packet)
    {
        if (_direction == Direction.Egress)
        {
            return AddressGuard.CheckSourceMac(packet.SourceMac, _nic) != Reason.NotEvaluated ? Reason.SpoofedSource
                : InfrastructureGuard.IsBanned(packet, _direction, _nic.Infrastructure) ? Reason.InfrastructureBan
                : AddressGuard.CheckSource(packet, _nic);
        }

        return InfrastructureGuard.IsBanned(packet, _direction, _nic.Infrastructure) ? Reason.InfrastructureBan
            : _settings.CheckDestination ? AddressGuard.CheckDestination(packet, _nic)
            : Reason.NotEvaluated;
    }

    private Decision JudgeStateful(ReadOnlySpan<byte> bytes, in ParsedPacket packet, in Flow flow)
    {
        if (flow.IsTracked)
        {
            TrackResult tracked = _tracker.Track(flow.Hash, flow.Key, packet, _direction, _now, _nic.Tracking, _rules, _commit);
            if (tracked.Found)
            {
                Decision decision = new(tracked.Verdict, tracked.Reason);
                if (tracked.IsTolerated && _commit)
                {
                    _settings.Denials?.Report(_nic.Id, _direction, packet, decision, _now);
                }

                return decision;
            }
        }

        return packet.Has(PacketTraits.IcmpError) ? JudgeError(bytes, packet) : JudgeNew(packet, flow);
    }

    // No connection: may the packet open one, do the rules admit it, is there room?
    private Decision JudgeNew(in ParsedPacket packet, in Flow flow)
    {
        Reason closed = ConnectionTracker.CanOpen(packet, _direction, _nic.Tracking);
        if (closed != Reason.NotEvaluated)
        {
            return Decision.Deny(closed);
        }

        Decision decision = JudgeByRules(packet);
        if (!flow.IsTracked || !decision.IsAllowed)
        {
            return decision;
        }

        Reason full = _tracker.Create(flow.Key, packet, _direction, _now, _nic.Tracking, _rules.Generation, _commit, decision);
        return full == Reason.NotEvaluated ? decision : Decision.Deny(full);
    }

    private Decision JudgeError(ReadOnlySpan<byte> bytes, in ParsedPacket packet)
    {
        Reason reason = QuotedPacket.Parse(bytes, packet, out QuotedPacket quoted);
        if (reason != Reason.NotEvaluated)
        {
            return Decision.Deny(reason);
        }

        TrackResult related = _tracker.Relate(quoted, packet, _direction, _nic.Zone, _now, _nic.Tracking, _rules, _commit);
        return related.Found ? new Decision(related.Verdict, related.Reason) : Decision.Deny(Reason.UnrelatedIcmp);
    }

    private Decision JudgeByRules(in ParsedPacket packet)
    {
        UInt128 remote = _direction == Direction.Ingress ? packet.Source : packet.Destination;
        MatchKey key = new(_direction, packet.Ethertype, remote, packet.Protocol, packet.DestinationPort);
        return _rules.Match(key)
            ? Decision.Allow(Reason.MatchedRule, _rules.Find(key))
            : Decision.Deny(Reason.NoMatchingRule);
    }
}
