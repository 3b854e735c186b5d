using System.Runtime.CompilerServices;
using SecurityGroups.Guard;
using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <content>
/// The short way of what most packets are: plain segments, between ordinary addresses, of connections whose both ends talk. It answers every
/// question of the whole way, most of them by what it takes at all; wherever the answer is not the usual one the packet goes the whole way
/// from its beginning, as if nobody had looked.
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

    /// <summary>Advances the connection of such a segment, which then is allowed; false = nothing was done, the whole way.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryAdvance(in PlainSegment segment, in Flow flow) =>
        _tracker.TryAdvance(flow, segment, _direction, _now, _nic.Tracking, _rules);

    // The questions of CheckForm and CheckPlace; TCP is neither infrastructure nor banned.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsPlaced(in PlainSegment segment) =>
        SpecialAddresses.IsOrdinary(segment.Source, segment.Ethertype, _nic)
        && SpecialAddresses.IsOrdinary(segment.Destination, segment.Ethertype, _nic)
        && (_direction == Direction.Egress
            ? AddressGuard.CheckSourceMac(segment.SourceMac, _nic) == Reason.NotEvaluated && _nic.Owns(segment.Source, segment.Ethertype)
            : !_settings.CheckDestination || _nic.Owns(segment.Destination, segment.Ethertype));
}
