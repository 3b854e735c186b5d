using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <content>
/// Fragments. A first one goes the way of every packet, and its datagram remembers the verdict; a later one passes form and place on its own
/// and shares that verdict, and its reason. It touches no connection.
/// </content>
internal readonly ref partial struct PacketJudge
{
    private bool KeepsConnections => _nic.Tracking.EstablishedConnections == EstablishedConnections.KeepUntilIdle;

    /// <summary>The answer to a token of <see cref="Verdict.Hold"/>; what is still known of the packet is in <paramref name="held"/>.</summary>
    public Decision AskAgain(long holdToken, out ParsedPacket held) =>
        _tracker.Fragments.AskAgain(holdToken, _nic.Zone, _direction, _now, new FragmentRules(_rules, KeepsConnections, isPlaceKnown: false), out held);

    // A packet of bad form. A later fragment inside the transport header takes its datagram with it (RFC 3128).
    private Decision DenyForm(Reason form, in ParsedPacket packet)
    {
        bool poisons = form == Reason.TinyFragment && packet.Has(PacketTraits.LaterFragment) && _commit;
        if (poisons && CheckForm(packet) == Reason.NotEvaluated && CheckPlace(packet) == Reason.NotEvaluated)
        {
            _tracker.Fragments.Poison(FragmentKey.From(packet, _direction, _nic.Zone), _now);
        }

        return Decision.Deny(form);
    }

    private Decision JudgeFragment(ReadOnlySpan<byte> bytes, in ParsedPacket packet, in Flow flow)
    {
        FragmentKey key = FragmentKey.From(packet, _direction, _nic.Zone);
        return packet.Has(PacketTraits.LaterFragment)
            ? _tracker.Fragments.DecideLater(
                key, FragmentPiece.From(packet), _now, new FragmentRules(_rules, KeepsConnections, isPlaceKnown: true), MayHold, _commit)
            : JudgeFirst(key, bytes, packet, flow);
    }

    // A datagram that cannot be remembered is not begun: its connection, opened for nothing, would only take room.
    private Decision JudgeFirst(in FragmentKey key, ReadOnlySpan<byte> bytes, in ParsedPacket packet, in Flow flow)
    {
        FragmentTicket ticket = _tracker.Fragments.BeginFirst(key, FirstFragment.From(bytes, packet), _now, _commit);
        if (ticket.Refusal != Reason.NotEvaluated)
        {
            return Decision.Deny(ticket.Refusal);
        }

        Decision decision = JudgePlaced(bytes, packet, flow);
        if (_commit)
        {
            _tracker.Fragments.Conclude(ticket, decision.Verdict, VerdictFrom(decision, bytes, packet, flow));
        }

        return decision;
    }

    private FragmentVerdict VerdictFrom(in Decision decision, ReadOnlySpan<byte> bytes, in ParsedPacket packet, in Flow flow)
    {
        FlowKey key = flow.IsTracked ? flow.Key : FlowKey.From(packet, _direction, _nic.Zone);
        bool isOfConnection = flow.IsTracked || (decision.Reason == Reason.Related && TryReadQuote(bytes, packet, out key));
        Direction original = _direction;
        bool isAskable = decision.Reason == Reason.MatchedRule || (isOfConnection && _tracker.TryGetOriginal(key, _tracker.Hash(key), out original));
        return new FragmentVerdict
        {
            Reason = decision.Reason,
            RuleNumber = decision.RuleNumber,
            Stamp = _rules.Generation,
            Remote = key.Remote,
            MatchPort = isOfConnection ? key.MatchPort(original) : packet.DestinationPort,
            Protocol = key.Protocol,
            Original = original,
            IsOfConnection = isOfConnection,
            IsAskable = isAskable,
        };
    }

    // What was quoted well enough to be related is so still.
    private bool TryReadQuote(ReadOnlySpan<byte> bytes, in ParsedPacket error, out FlowKey key)
    {
        bool isRead = QuotedPacket.Parse(bytes, error, out QuotedPacket quoted) == Reason.NotEvaluated;
        key = FlowKey.From(quoted, error, _direction, _nic.Zone);
        return isRead;
    }
}
