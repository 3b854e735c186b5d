using SecurityGroups.Match;
using SecurityGroups.Packets;

namespace SecurityGroups;

/// <content>
/// Held fragments (<see cref="FragmentOptions.HoldEarlyFragments"/>). The packet stays with the caller, who owns its memory and how much of it
/// to spend; the firewall keeps an entry of the fragment table for its datagram, no longer than a datagram may take.
/// </content>
public sealed partial class NicFilter
{
    /// <summary>
    /// Asks again about a packet that got <see cref="Verdict.Hold"/>: its verdict once the first fragment of its datagram has come, until then
    /// Hold. All packets held of one datagram have one token and one answer; ask once for each, it is counted as one packet decided. Filtering
    /// the packet itself again gives the same verdict. A token that has expired denies, as does any once the NIC itself was changed.
    /// </summary>
    /// <param name="direction">Which way the packet travels, as before.</param>
    /// <param name="holdToken">The decision's <see cref="Decision.HoldToken"/>.</param>
    /// <exception cref="InvalidOperationException">The firewall was made for caller timestamps.</exception>
    public Decision AskAgain(Direction direction, long holdToken) => AskAgain(direction, holdToken, _firewall.Clock.Now());

    /// <summary>As the overload without timestamp, at a time the caller gives.</summary>
    /// <param name="direction">Which way the packet travels, as before.</param>
    /// <param name="holdToken">The decision's <see cref="Decision.HoldToken"/>.</param>
    /// <param name="timestamp">Time since a fixed origin.</param>
    /// <exception cref="InvalidOperationException">The firewall has a time provider.</exception>
    public Decision AskAgain(Direction direction, long holdToken, TimeSpan timestamp) =>
        AskAgain(direction, holdToken, _firewall.Clock.FromCaller(timestamp));

    private Decision AskAgain(Direction direction, long holdToken, long nowMilliseconds)
    {
        Check(direction);
        Ruleset ruleset = _firewall.Ruleset;
        if (TryBind(ruleset, out NicBinding nic, out Decision decision))
        {
            PacketJudge judge = new(_firewall.Settings, _firewall.Tracker, ruleset, nic, _state, nowMilliseconds, direction, commit: true);
            decision = judge.AskAgain(holdToken, out ParsedPacket held);
            judge.Report(held, decision);
        }
        else
        {
            ReportUnread(direction, decision, nowMilliseconds);
        }

        if (decision.Verdict != Verdict.Hold)
        {
            _state.Counters.Add(direction, decision);
        }

        GC.KeepAlive(_firewall);
        return decision;
    }
}
