using System.Diagnostics;
using SecurityGroups.Benchmarks.Data;
using SecurityGroups.Match;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>Rule match, verdict only, over the whole trace of a set; and what its compilation costs.</summary>
internal sealed class MatchRace : IDisposable
{
    private const int Burst = 32;
    private const int NaiveHeaders = 1_024;
    private const int Compilations = 5;
    private readonly MatchKey[] _keys;
    private readonly Firewall _firewall;
    private readonly CompiledForm _form;

    private MatchRace(RuleSet set)
    {
        _keys = [.. set.Trace.Select(header => header.ToMatchKey())];
        _firewall = Compile(set.ToPolicy());
        _form = _firewall.Ruleset.FormOf(_firewall.Ruleset.FindNic("nic")!).Form;
    }

    public static void Run(string name)
    {
        RuleSet set = RuleSet.Load(name);
        using MatchRace race = new(set);
        string what = $"match {name}";
        RaceCommand.Print(what, "single", Pace.Measure(race.Single));
        RaceCommand.Print(what, "bursts", Pace.Measure(race.Bursts));
        if (set.Rules.Rules.Length <= NaiveMatch.MostRules)
        {
            NaiveMatch naive = new(set, NaiveHeaders);
            RaceCommand.Print(what, "naive", Pace.Measure(() => naive.CountAllowed() > 0 ? NaiveHeaders : 0));
        }

        RaceCommand.Print(what, "compile ms", CompileMilliseconds(set.ToPolicy()));
        RaceCommand.Print(what, "compiled KiB", race._form.Octets / 1024.0);
    }

    /// <summary>Matches headers one by one; returns how many there are.</summary>
    public static int Match(CompiledForm form, MembershipIndex members, int network, ReadOnlySpan<MatchKey> keys)
    {
        int allowed = 0;
        foreach (ref readonly MatchKey key in keys)
        {
            allowed += form.IsAllowed(key, members, network) ? 1 : 0;
        }

        return allowed > 0 ? keys.Length : throw new InvalidOperationException("Nothing is allowed.");
    }

    public static Firewall Compile(Policy policy) => new(policy, new FirewallOptions { LinkType = LinkType.RawIp });

    public void Dispose() => _firewall.Dispose();

    private static double CompileMilliseconds(Policy policy)
    {
        double[] times = new double[Compilations];
        for (int i = 0; i < Compilations; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using Firewall firewall = Compile(policy);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return times.Order().ElementAt(Compilations / 2);
    }

    private int Single() => Match(_form, _firewall.Ruleset.Members, 0, _keys);

    private int Bursts()
    {
        int allowed = 0;
        MembershipIndex members = _firewall.Ruleset.Members;
        for (int start = 0; start + Burst <= _keys.Length; start += Burst)
        {
            allowed |= (int)_form.AreAllowed(_keys.AsSpan(start, Burst), members, 0);
        }

        return allowed != 0 ? _keys.Length / Burst * Burst : throw new InvalidOperationException("Nothing is allowed.");
    }
}
