using System.Runtime.CompilerServices;

namespace SecurityGroups.Match;

/// <summary>The rules of a compiled form for one direction and ethertype. Immutable, any thread, no allocation.</summary>
/// <remarks>
/// Two kinds of remote. Addresses: the rules for any remote and for the prefixes around an address are one allow set for each piece of the
/// addresses, so that one search finds them all. Security groups: their members are in the <see cref="MembershipIndex"/> and never in the
/// table. Beside each stands what names the rule.
/// </remarks>
/// <param name="pieces">The addresses, cut where the longest prefix changes.</param>
/// <param name="setOfPiece">For each piece what rules for addresses allow there.</param>
/// <param name="anyRemote">What rules for any remote allow; every piece's set has it too.</param>
/// <param name="sets">The allow sets.</param>
/// <param name="groups">The groups that rules name as remote.</param>
/// <param name="forest">The prefixes.</param>
/// <param name="lists">The rules of each prefix, of each referenced group, and of any remote, in this order.</param>
/// <param name="prefixCount">How many of those lists are prefixes'.</param>
internal sealed class RuleTable(
    AddressPieces pieces, int[] setOfPiece, int anyRemote, AllowSets sets, GroupRemotes groups, PrefixForest forest, RuleLists lists, int prefixCount)
{
    public long Octets =>
        pieces.Octets + (setOfPiece.LongLength * sizeof(int)) + sets.Octets + groups.Octets + forest.Octets + lists.Octets;

    /// <summary>The security groups that rules name as remote.</summary>
    public GroupRemotes Groups => groups;

    private int AnyRemoteList => prefixCount + groups.Groups.Length;

    /// <summary>Whether a rule for any remote or for a prefix admits the packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool AllowsAddress(UInt128 remote, int service)
    {
        // A search for a wide address costs more than a branch that may be mispredicted, for a narrow one it costs less.
        if (pieces.IsWide && anyRemote != 0 && sets.Contains(anyRemote, service))
        {
            return true;
        }

        return sets.Contains(setOfPiece[pieces.Find(remote)], service);
    }

    /// <summary>A bit for each key of a burst: whether a rule for any remote or for a prefix admits the packet.</summary>
    [SkipLocalsInit]
    public uint AllowsAddresses(ReadOnlySpan<MatchKey> keys)
    {
        Unsafe.SkipInit(out Burst<int> services);
        for (int i = 0; i < keys.Length; i++)
        {
            services[i] = keys[i].Service;
        }

        Unsafe.SkipInit(out Burst<int> found);
        pieces.Find(keys, ref found);
        foreach (ref int piece in found[..keys.Length])
        {
            piece = setOfPiece[piece];
        }

        return sets.Contains(ref found, ref services, keys.Length);
    }

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

    /// <summary>Those of some keys, a bit each, whose packets a rule for a security group admits.</summary>
    public uint AllowsMembers(ReadOnlySpan<MatchKey> keys, uint which, MembershipIndex members, int network)
    {
        uint allowed = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (((which >> i) & 1) != 0 && AllowsMember(keys[i], members, network))
            {
                allowed |= 1u << i;
            }
        }

        return allowed;
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
        int longest = forest.Longest(pieces.Find(address));
        return longest != PrefixForest.None && forest.LengthOf(longest) >= leastPrefixLength;
    }

    private int FindPrefixRule(UInt128 remote, int service)
    {
        int rule = RuleLists.None;
        for (int prefix = forest.Longest(pieces.Find(remote)); prefix != PrefixForest.None; prefix = forest.Parent(prefix))
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
