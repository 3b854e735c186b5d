using System.Runtime.CompilerServices;

namespace SecurityGroups.Match;

/// <summary>The rules of a compiled form for one direction and ethertype. Immutable, any thread, no allocation.</summary>
/// <remarks>
/// Three kinds of remote, asked in the order of their cost: any address; prefixes, whose rules were pushed down to the leaves of one trie;
/// security groups, whose members are in the <see cref="MembershipIndex"/> and never in the table. Beside each stands what names the rule.
/// </remarks>
internal sealed class RuleTable(
    AllowSets sets, uint anyRemote, PrefixTrie? prefixes, GroupRemotes groups, PrefixForest? forest, RuleLists lists, int prefixCount)
{
    public long Octets => sets.Octets + (prefixes?.Octets ?? 0) + groups.Octets + (forest?.Octets ?? 0) + lists.Octets;

    /// <summary>The security groups that rules name as remote.</summary>
    public GroupRemotes Groups => groups;

    // The lists of rules stand in this order: prefixes, referenced groups, any remote.
    private int AnyRemoteList => prefixCount + groups.Groups.Length;

    /// <summary>Whether a rule for any remote or for a prefix admits the packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool AllowsAddress(UInt128 remote, int service) =>
        sets.Contains(anyRemote, service) || (prefixes is not null && sets.Contains(prefixes.Lookup(remote), service));

    /// <summary>Whether a rule for a security group admits the packet.</summary>
    public bool AllowsMember(in MatchKey key, MembershipIndex members, int network)
    {
        foreach (byte prefixLength in members.PrefixLengths(network, key.Ethertype, key.Remote))
        {
            if (members.Find(network, key.Ethertype, key.Remote, prefixLength) is { } found && groups.Allows(found, sets, key.Service))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The lowest rule that admits the packet, or <see cref="RuleLists.None"/>.</summary>
    public int FindRule(in MatchKey key, MembershipIndex members, int network)
    {
        int rule = Math.Min(lists.Find(AnyRemoteList, key.Service), FindPrefixRule(key.Remote, key.Service));
        return groups.IsEmpty ? rule : Math.Min(rule, FindMemberRule(key, members, network));
    }

    /// <summary>Whether a rule names a prefix of at least some length that covers an address.</summary>
    public bool NamesPrefixCovering(UInt128 address, int leastPrefixLength)
    {
        int longest = forest?.Longest(address) ?? PrefixForest.None;
        return longest != PrefixForest.None && forest!.LengthOf(longest) >= leastPrefixLength;
    }

    private int FindPrefixRule(UInt128 remote, int service)
    {
        int rule = RuleLists.None;
        for (int prefix = forest?.Longest(remote) ?? PrefixForest.None; prefix != PrefixForest.None; prefix = forest!.Parent(prefix))
        {
            rule = Math.Min(rule, lists.Find(prefix, service));
        }

        return rule;
    }

    private int FindMemberRule(in MatchKey key, MembershipIndex members, int network)
    {
        int rule = RuleLists.None;
        foreach (byte prefixLength in members.PrefixLengths(network, key.Ethertype, key.Remote))
        {
            if (members.Find(network, key.Ethertype, key.Remote, prefixLength) is not { } found)
            {
                continue;
            }

            for (int next = 0; groups.TryNext(found, ref next, out int position);)
            {
                rule = Math.Min(rule, lists.Find(prefixCount + position, key.Service));
            }
        }

        return rule;
    }
}
