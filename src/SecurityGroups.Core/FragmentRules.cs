using SecurityGroups.Match;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <summary>
/// The rules of one NIC in one ruleset, as the fragment table may ask about them. A verdict older than a change that concerns it is asked
/// about again: a later fragment sees the rules in force, as every packet does.
/// </summary>
/// <param name="rules">The rules.</param>
/// <param name="keepsConnections">Whether connections, and with them their datagrams, outlive the rules.</param>
/// <param name="isPlaceKnown">
/// Whether the packet in hand has passed the address checks. Without a packet nobody can tell once the NIC has changed, so the answer is no.
/// </param>
internal readonly struct FragmentRules(NicRules rules, bool keepsConnections, bool isPlaceKnown) : IFragmentPolicy
{
    public bool TryUphold(ref FragmentVerdict verdict, in FragmentKey key)
    {
        if (!isPlaceKnown && !rules.IsNicCurrent(verdict.Stamp))
        {
            return false;
        }

        bool isUpheld = (keepsConnections && verdict.IsOfConnection)
            || rules.IsCurrent(verdict.Stamp, key.Ethertype, verdict.Remote)
            || TryAllowAnew(ref verdict, key);
        verdict.Stamp = isUpheld ? rules.Generation : verdict.Stamp;
        return isUpheld;
    }

    private bool TryAllowAnew(ref FragmentVerdict verdict, in FragmentKey key)
    {
        MatchKey match = new(verdict.Original, key.Ethertype, verdict.Remote, verdict.Protocol, verdict.MatchPort);
        if (!verdict.IsAskable || !rules.Match(match))
        {
            return false;
        }

        verdict.RuleNumber = verdict.Reason == Reason.MatchedRule ? rules.Find(match) : 0;
        return true;
    }
}
