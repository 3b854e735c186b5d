using SecurityGroups.Benchmarks.Data;
using SecurityGroups.Match;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>
/// What grows with what: one figure a line, <c>series x TAB measure TAB value</c>. Rule sets are generated, so that their sizes are exact and the same
/// everywhere.
/// </summary>
internal static class GrowthRace
{
    private const int Lookups = 65_536;
    private const int Nics = 1_000;
    private const int RulesPerTier = 20;
    private static readonly int[] s_sizes = [10, 100, 1_000, 10_000, 100_000];
    private static readonly int[] s_connections = [1_000, 10_000, 100_000, 1_000_000, 8_000_000];
    private static readonly int[] s_nics = [10, 100, 1_000, 10_000];
    private static readonly int[] s_rulesPerTier = [2, 20, 200, 2_000];

    public static bool TryRun(string series)
    {
        switch (series)
        {
            case "rules":
                Array.ForEach(s_sizes, MatchAgainstRules);
                return true;
            case "members":
                Array.ForEach(s_sizes, MatchAgainstMembers);
                return true;
            case "connections":
                Array.ForEach(s_connections, PacketsOfConnections);
                return true;
            case "updates":
                // Once in vain: the runtime, on the same processor, takes longer than one warm-up to compile all that an update calls.
                _ = CostsOfUpdates(RulesPerTier, s_nics[0]);
                Array.ForEach(s_nics, nics => Updates($"nics {nics}", RulesPerTier, nics));
                Array.ForEach(s_rulesPerTier, rules => Updates($"policy-rules {rules * TieredPolicy.Tiers}", rules, Nics));
                return true;
            default:
                return false;
        }
    }

    private static void MatchAgainstRules(int rules)
    {
        foreach (string family in new[] { "v4", "v6" })
        {
            RuleSet set = RuleSetGenerator.Generate($"acl_{rules}.{family}");
            using Firewall firewall = MatchRace.Compile(set.ToPolicy());
            Match($"rules {rules}", $"IP{family}, ns a lookup", firewall, "nic", [.. set.Trace.Select(header => header.ToMatchKey())]);
        }
    }

    /// <summary>Members and strangers in turn, of a group that the one rule names.</summary>
    private static void MatchAgainstMembers(int members)
    {
        using Firewall firewall = MatchRace.Compile(LargeGroup.Policy(members));
        Random random = new(1);
        MatchKey[] keys = [.. Enumerable.Range(0, Lookups).Select(i => new MatchKey(
            Direction.Ingress, Ethertype.IPv4, LargeGroup.AddressOf(random.Next(members) + ((i & 1) * members)), (byte)IpProtocol.Tcp.Number, LargeGroup.PortOf(0)))];
        Match($"members {members}", "ns a lookup", firewall, "user0", keys);
    }

    private static void Match(string what, string measure, Firewall firewall, string nicId, MatchKey[] keys)
    {
        Ruleset ruleset = firewall.Ruleset;
        NicBinding nic = ruleset.FindNic(nicId)!;
        CompiledForm form = ruleset.FormOf(nic).Form;
        double millions = Pace.Measure(() => MatchRace.Match(form, ruleset.Members, nic.Network, keys));
        RaceCommand.Print(what, measure, 1_000 / millions);
    }

    private static void PacketsOfConnections(int connections)
    {
        (double bursts, double single) = PacketRace.Established(connections);
        RaceCommand.Print($"connections {connections}", "in bursts of 32, ns a packet", 1_000 / bursts);
        RaceCommand.Print($"connections {connections}", "one by one, ns a packet", 1_000 / single);
    }

    private static void Updates(string what, int rulesPerTier, int nics)
    {
        (double rule, double member) = CostsOfUpdates(rulesPerTier, nics);
        RaceCommand.Print(what, "one rule, us", rule);
        RaceCommand.Print(what, "one member, us", member);
    }

    private static (double Rule, double Member) CostsOfUpdates(int rulesPerTier, int nics)
    {
        using Firewall firewall = MatchRace.Compile(TieredPolicy.Policy(rulesPerTier, nics));
        return (
            Cost(policy => TieredPolicy.ToggleRule(policy, isExtra: true), policy => TieredPolicy.ToggleRule(policy, isExtra: false)),
            Cost(policy => TieredPolicy.ToggleMember(policy, nics, isExtra: true), policy => TieredPolicy.ToggleMember(policy, nics, isExtra: false)));

        double Cost(Func<Policy, Policy> change, Func<Policy, Policy> opposite) => 1 / Pace.Measure(() =>
        {
            firewall.Update(change);
            firewall.Update(opposite);
            return 2;
        });
    }
}
