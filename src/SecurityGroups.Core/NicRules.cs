using SecurityGroups.Guard;
using SecurityGroups.Match;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <summary>The rules of one NIC in one ruleset, as the tracker may ask about them.</summary>
internal readonly struct NicRules(Ruleset ruleset, NicBinding nic, FormEntry form, NicState state, bool commit) : IConnectionPolicy
{
    public uint Generation => ruleset.Stamp;

    public bool IsCurrent(uint stamp, in FlowKey key) =>
        IsSince(stamp, nic.ChangedAt)
        && IsSince(stamp, form.ChangedAt)
        && (form.Form.ReferencedGroups.IsEmpty || IsSince(stamp, ruleset.Members.LastChange(nic.Network, key.Ethertype, key.Remote)));

    public bool Allows(Direction direction, in FlowKey key)
    {
        if (commit)
        {
            state.CountRevalidation();
        }

        MatchKey match = new(direction, key.Ethertype, key.Remote, key.Protocol, key.MatchPort(direction));
        return form.Form.IsAllowed(match, ruleset.Members, nic.Network);
    }

    // Serial comparison: generations wrap after 2^32 updates, and a live connection is stamped anew at every packet.
    private static bool IsSince(uint stamp, uint change) => (int)(stamp - change) >= 0;
}
