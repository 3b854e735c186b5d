using System.Numerics;
using System.Runtime.CompilerServices;
using SecurityGroups.Guard;
using SecurityGroups.Match;
using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <content>
/// The short way of what most packets are: plain ones, between ordinary addresses, of connections that they change little, and of none. It
/// answers every question of the whole way, most of them by what it takes at all; wherever the answer is not the usual one the packet goes the
/// whole way from its beginning, as if nobody had looked.
/// </content>
internal readonly ref partial struct PacketJudge
{
    /// <summary>Reads a plain packet whose place is good and identifies its connection; false = the whole way.</summary>
    /// <param name="bytes">The packet.</param>
    /// <param name="packet">To fill.</param>
    /// <param name="flow">To fill.</param>
    /// <param name="looks">Whether to look for the connection at once, while the key is in registers; a burst looks for all of them together.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryIdentify(ReadOnlySpan<byte> bytes, ref PlainPacket packet, ref Flow flow, bool looks)
    {
        if (!_takesPlain || !PlainPacket.TryRead(bytes, _nic.LinkType, ref packet) || !IsPlaced(packet))
        {
            return false;
        }

        flow.IsTracked = true;
        flow.Key = FlowKey.From(packet, _direction, _nic.Zone);
        if (looks)
        {
            ulong hash = _tracker.Hash(flow.Key);
            flow.Hash = hash;
            flow.Sighting = _tracker.Look(hash);
        }

        return true;
    }

    /// <summary>Advances the connection, where it was sighted, of such a packet that is no SYN, which then is allowed; false = nothing was done, the whole way.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public bool TryAdvance(in PlainPacket packet, in Flow flow) => packet.Protocol == ProtocolNumbers.Udp
        ? _tracker.MayTouch(_nic.Tracking, _now) && _tracker.TryTouch(flow.Sighting, flow.Key, _direction, _now, _rules)
        : _tracker.TryAdvance(flow, packet, _direction, _now, _nic.Tracking, _rules);

    /// <summary>Whether packets that no connection seems to know are better matched together, before they are judged.</summary>
    public bool MatchesTogether => _form.Form.IsWorthGathering;

    /// <summary>A bit for each packet of a burst that <paramref name="which"/> has a bit for: whether the rules admit it.</summary>
    /// <remarks>Rules are the same for the whole burst and know nothing of connections: they may be asked early, of all packets together.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public uint Match(ReadOnlySpan<PlainPacket> packets, uint which)
    {
        Span<MatchKey> keys = stackalloc MatchKey[MatchKey.MaxBurst];
        int count = 0;
        for (uint left = which; left != 0; left &= left - 1)
        {
            keys[count++] = KeyOf(packets[BitOperations.TrailingZeroCount(left)]);
        }

        uint admitted = 0;
        uint matched = _rules.Match(keys[..count]);
        for (uint left = which; left != 0; left &= left - 1, matched >>= 1)
        {
            admitted |= (matched & 1) << BitOperations.TrailingZeroCount(left);
        }

        return admitted;
    }

    /// <summary>
    /// Decides a plain packet that no connection knows, and opens one for it if it may; false = there is a connection after all, the whole way.
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <param name="flow">Its flow.</param>
    /// <param name="isAdmitted">Whether the rules admit it, where they were asked already.</param>
    /// <param name="decision">The decision.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryOpen(in PlainPacket packet, in Flow flow, bool? isAdmitted, out Decision decision)
    {
        if (!_tracker.IsNew(flow))
        {
            decision = default;
            return false;
        }

        Reason reason = ConnectionTracker.CanOpen(packet, _direction, _nic.Tracking);
        if (reason == Reason.NotEvaluated)
        {
            MatchKey key = KeyOf(packet);
            if (isAdmitted ?? _rules.Match(key))
            {
                return TryOpen(key, packet, flow, out decision);
            }

            reason = Reason.NoMatchingRule;
        }

        decision = Deny(reason, packet);
        return true;
    }

    // The rules admit it. Apart from the denials, whose frame it would only widen.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryOpen(in MatchKey key, in PlainPacket packet, in Flow flow, out Decision decision)
    {
        decision = Decision.Allow(Reason.MatchedRule, _rules.Find(key));
        bool isDecided = _tracker.TryCreate(flow, packet, _direction, _now, _nic.Tracking, _rules.Generation, decision, out Reason full);
        if (isDecided && full != Reason.NotEvaluated)
        {
            decision = Deny(full, packet);
        }

        return isDecided;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private MatchKey KeyOf(in PlainPacket packet) => new(
        _direction, packet.Ethertype, _direction == Direction.Ingress ? packet.Source : packet.Destination, packet.Protocol, packet.DestinationPort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Decision Deny(Reason reason, in PlainPacket packet)
    {
        Decision decision = Decision.Deny(reason);
        _settings.Denials?.Report(_nic.Id, _direction, packet, decision, _now);
        return decision;
    }

    // The questions of CheckForm and CheckPlace; neither TCP nor UDP of other ports than DHCP's is infrastructure or banned.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsPlaced(in PlainPacket packet) =>
        (packet.Protocol == ProtocolNumbers.Tcp || !SpecialAddresses.HasDhcpPort(packet))
        && SpecialAddresses.AreOrdinary(packet, _nic)
        && (_direction == Direction.Egress
            ? AddressGuard.CheckSourceMac(packet.SourceMac, _nic) == Reason.NotEvaluated && OwnsLocal(packet)
            : !_settings.CheckDestination || OwnsLocal(packet));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool OwnsLocal(in PlainPacket packet) => packet.Ethertype == Ethertype.IPv6
        ? _nic.Owns(_direction == Direction.Egress ? packet.Source : packet.Destination, Ethertype.IPv6)
        : _nic.OwnsV4((uint)(_direction == Direction.Egress ? packet.AddressesV4 >> 32 : packet.AddressesV4));
}
