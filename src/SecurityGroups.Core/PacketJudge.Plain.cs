using System.Runtime.CompilerServices;
using SecurityGroups.Guard;
using SecurityGroups.Match;
using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <content>
/// The short way of what most packets are: plain segments, between ordinary addresses, of connections whose both ends talk, and of none. It
/// answers every question of the whole way, most of them by what it takes at all; wherever the answer is not the usual one the packet goes the
/// whole way from its beginning, as if nobody had looked.
/// </content>
internal readonly ref partial struct PacketJudge
{
    /// <summary>Reads a plain segment whose place is good and identifies its connection; false = the whole way.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryIdentify(ReadOnlySpan<byte> bytes, ref PlainSegment segment, ref Flow flow)
    {
        if (!_takesPlain || !PlainSegment.TryRead(bytes, _nic.LinkType, ref segment) || !IsPlaced(segment))
        {
            return false;
        }

        flow.IsTracked = true;
        flow.Key = FlowKey.From(segment, _direction, _nic.Zone);
        flow.Hash = _tracker.Hash(flow.Key);
        return true;
    }

    /// <summary>Advances the connection of such an acknowledgment, which then is allowed; false = nothing was done, the whole way.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryAdvance(in PlainSegment segment, in Flow flow) =>
        segment.Protocol == ProtocolNumbers.Udp
            ? _tracker.TryTouch(flow.Key, flow.Hash, _direction, _now, _nic.Tracking, _rules)
            : _tracker.TryAdvance(flow, segment, _direction, _now, _nic.Tracking, _rules);

    /// <summary>
    /// Decides a plain segment that no connection knows, and opens one for it if it may; false = there is a connection after all, the whole way.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryOpen(in PlainSegment segment, in Flow flow, out Decision decision)
    {
        if (!_tracker.IsNew(flow))
        {
            decision = default;
            return false;
        }

        Reason reason = ConnectionTracker.CanOpen(segment, _direction, _nic.Tracking);
        if (reason == Reason.NotEvaluated)
        {
            MatchKey key = new(_direction, segment.Ethertype, flow.Key.Remote, segment.Protocol, segment.DestinationPort);
            if (_rules.Match(key))
            {
                return TryOpen(key, segment, flow, out decision);
            }

            reason = Reason.NoMatchingRule;
        }

        decision = Deny(reason, segment);
        return true;
    }

    // The rules admit it. Apart from the denials, whose frame it would only widen.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryOpen(in MatchKey key, in PlainSegment segment, in Flow flow, out Decision decision)
    {
        decision = Decision.Allow(Reason.MatchedRule, _rules.Find(key));
        bool isDecided = _tracker.TryCreate(flow, segment, _direction, _now, _nic.Tracking, _rules.Generation, decision, out Reason full);
        if (isDecided && full != Reason.NotEvaluated)
        {
            decision = Deny(full, segment);
        }

        return isDecided;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Decision Deny(Reason reason, in PlainSegment segment)
    {
        Decision decision = Decision.Deny(reason);
        _settings.Denials?.Report(_nic.Id, _direction, segment, decision, _now);
        return decision;
    }

    // The questions of CheckForm and CheckPlace; neither TCP nor UDP of other ports than DHCP's is infrastructure or banned.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsPlaced(in PlainSegment segment) =>
        (segment.Protocol == ProtocolNumbers.Tcp || !SpecialAddresses.HasDhcpPort(segment))
        && SpecialAddresses.IsOrdinary(segment.Source, segment.Ethertype, _nic)
        && SpecialAddresses.IsOrdinary(segment.Destination, segment.Ethertype, _nic)
        && (_direction == Direction.Egress
            ? AddressGuard.CheckSourceMac(segment.SourceMac, _nic) == Reason.NotEvaluated && _nic.Owns(segment.Source, segment.Ethertype)
            : !_settings.CheckDestination || _nic.Owns(segment.Destination, segment.Ethertype));
}
