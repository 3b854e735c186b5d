using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SecurityGroups.Match;

/// <summary>
/// The rules of one set of security groups, compiled: shared by every NIC that has exactly these groups. Immutable, any thread.
/// </summary>
/// <remarks>
/// Rules count from 0 through the groups in order of their ids; a rule's number for the outside is its place in its group plus the first
/// number of that group's block, so that forms without a changed group keep naming rules rightly. Cost: a search among the
/// ends of prefixes and one among those of port ranges; a membership lookup more where rules reference groups, whatever the number of
/// members. Keys of one table that come in a burst go through both searches together, at about 0.4 of that.
/// </remarks>
internal sealed class CompiledForm
{
    // Fewer keys are faster one by one: some work is for a whole burst, however short (match race, 2 to 32 keys).
    private const int MinTogether = 8;

    // A form that leaves the first-level caches (denied packets of `race open` in sets of 100, 10,000 and 100,000 rules).
    private const long MinOctetsWorthGathering = 1 << 16;
    private readonly RuleTable[] _tables;
    private readonly int[] _firstRules;
    private readonly long[] _firstNumbers;

    /// <param name="tables">Each at its <see cref="MatchKey.TableOf"/>.</param>
    /// <param name="stateful">Whether the groups are stateful.</param>
    /// <param name="firstRules">For each group how many rules stand in the groups before it.</param>
    /// <param name="firstNumbers">For each group the number of its first rule.</param>
    public CompiledForm(ReadOnlySpan<RuleTable> tables, bool stateful, int[] firstRules, long[] firstNumbers)
    {
        _tables = tables.ToArray();
        _firstRules = firstRules;
        _firstNumbers = firstNumbers;
        IsStateful = stateful;
        Octets = _tables.Sum(table => table.Octets);
        ReferencedGroups = [.. _tables.SelectMany(table => table.Groups.Groups.ToArray()).Distinct().Order()];
    }

    /// <summary>Whether replies to what the rules admit need no rule. True without groups.</summary>
    public bool IsStateful { get; }

    /// <summary>Memory of the form.</summary>
    public long Octets { get; }

    /// <summary>Whether matching keys together saves more than it costs to gather them from packets: a tenth of a denied packet from 10,000 rules on.</summary>
    public bool IsWorthGathering => Octets >= MinOctetsWorthGathering;

    /// <summary>The numbers of the security groups that any rule names as remote, ascending.</summary>
    public ImmutableArray<int> ReferencedGroups { get; }

    /// <summary>Whether any rule admits the packet. No allocation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAllowed(in MatchKey key, MembershipIndex members, int network)
    {
        RuleTable table = _tables[key.Table];
        bool isAllowed = table.AllowsAddress(key.Remote, key.Service);

        // In this order: a table without groups, known from packet to packet, must not branch on the packet's verdict.
        return table.Groups.IsEmpty ? isAllowed : isAllowed || table.AllowsMember(key, members, network);
    }

    /// <summary>
    /// A bit for each key of a burst, the first the lowest: whether any rule admits the packet, as <see cref="IsAllowed"/> says. No allocation.
    /// </summary>
    public uint AreAllowed(ReadOnlySpan<MatchKey> keys, MembershipIndex members, int network)
    {
        Debug.Assert(keys.Length <= MatchKey.MaxBurst, "A burst has a bit a key.");
        if (keys.Length < MinTogether || !AreOfOneTable(keys))
        {
            return AreAllowedOneByOne(keys, members, network);
        }

        RuleTable table = _tables[keys[0].Table];
        uint allowed = table.AllowsAddresses(keys);
        return table.Groups.IsEmpty ? allowed : allowed | table.AllowsMembers(keys, ~allowed, members, network);
    }

    /// <summary>The number of a rule that admits the packet, the first by group id and position; 0 when none does. No allocation.</summary>
    public long FindRule(in MatchKey key, MembershipIndex members, int network)
    {
        int rule = _tables[key.Table].FindRule(key, members, network);
        return rule == RuleLists.None ? 0 : NumberOf(rule);
    }

    /// <summary>
    /// Whether rules of this direction and ethertype name a security group as remote, so that membership changes concern their connections.
    /// </summary>
    public bool ReferencesGroups(Direction direction, Ethertype ethertype) => !Table(direction, ethertype).Groups.IsEmpty;

    /// <summary>
    /// Whether a rule of either direction names a prefix of at least some length, itself or through an address group, that covers an address.
    /// </summary>
    public bool NamesPrefixCovering(Ethertype ethertype, UInt128 address, int leastPrefixLength) =>
        Table(Direction.Ingress, ethertype).NamesPrefixCovering(address, leastPrefixLength)
        || Table(Direction.Egress, ethertype).NamesPrefixCovering(address, leastPrefixLength);

    private static bool AreOfOneTable(ReadOnlySpan<MatchKey> keys)
    {
        foreach (ref readonly MatchKey key in keys)
        {
            if (key.Table != keys[0].Table)
            {
                return false;
            }
        }

        return true;
    }

    private uint AreAllowedOneByOne(ReadOnlySpan<MatchKey> keys, MembershipIndex members, int network)
    {
        uint allowed = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            allowed |= (IsAllowed(keys[i], members, network) ? 1u : 0) << i;
        }

        return allowed;
    }

    private RuleTable Table(Direction direction, Ethertype ethertype) => _tables[MatchKey.TableOf(direction, ethertype)];

    private long NumberOf(int rule)
    {
        int group = Array.BinarySearch(_firstRules, rule);
        if (group < 0)
        {
            group = ~group - 1;
        }
        else
        {
            // Groups without rules begin where the next one does: the last of equals holds the rule.
            while (group + 1 < _firstRules.Length && _firstRules[group + 1] == rule)
            {
                group++;
            }
        }

        return _firstNumbers[group] + rule - _firstRules[group];
    }
}
