using SecurityGroups.Guard;
using SecurityGroups.Match;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <summary>The rules of one NIC in one ruleset, as the tracker may ask about them.</summary>
internal readonly struct NicRules(Ruleset ruleset, NicBinding nic, FormEntry form, NicState state, bool commit) : IConnectionPolicy
{
    public uint Generation => ruleset.Stamp;

    public bool IsCurrent(uint stamp, in FlowKey key) => IsCurrent(stamp, key.Ethertype, key.Remote);

    public bool IsCurrent(uint stamp, Ethertype ethertype, UInt128 remote) =>
        IsNicCurrent(stamp)
        && Generations.IsSince(stamp, form.ChangedAt)
        && (form.Form.ReferencedGroups.IsEmpty || ruleset.Members.IsUnchangedSince(stamp, nic.Network, ethertype, remote));

    /// <summary>Whether the NIC itself, its addresses and options, has not changed since.</summary>
    public bool IsNicCurrent(uint stamp) => Generations.IsSince(stamp, nic.ChangedAt);

    public bool Allows(Direction direction, in FlowKey key)
    {
        if (commit)
        {
            state.CountRevalidation();
        }

        return Match(new MatchKey(direction, key.Ethertype, key.Remote, key.Protocol, key.MatchPort(direction)));
    }

    /// <summary>Whether the rules admit a packet; counts nothing.</summary>
    public bool Match(in MatchKey key) => form.Form.IsAllowed(key, ruleset.Members, nic.Network);

    /// <summary>A bit for each of some packets, at most <see cref="MatchKey.MaxBurst"/>: whether the rules admit it; counts nothing.</summary>
    public uint Match(ReadOnlySpan<MatchKey> keys) => form.Form.AreAllowed(keys, ruleset.Members, nic.Network);

    /// <summary>The number of the rule that admits a packet.</summary>
    public long Find(in MatchKey key) => form.Form.FindRule(key, ruleset.Members, nic.Network);
}
