using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Properties;

/// <summary>The scenarios are worth their time: together they reach every verdict they are meant to reach.</summary>
public class ScenarioTests
{
    // Not to be had here: half-open connections above their cap take the place of others in so small a table; nothing is disposed.
    private static readonly Reason[] s_outOfReach =
    [
        Reason.NotEvaluated, Reason.HalfOpenLimit, Reason.NicRemoved, Reason.FirewallDisposed,
    ];

    [Fact]
    public void FromSeed_ManySeeds_ReachEveryReason()
    {
        Dictionary<Reason, int> counts = [];
        for (int seed = 0; seed < 400; seed++)
        {
            Count(Scenario.FromSeed(seed), counts);
        }

        Assert.Empty(Enum.GetValues<Reason>().Except(s_outOfReach).Except(counts.Keys));
        int allowed = counts.GetValueOrDefault(Reason.Established) + counts.GetValueOrDefault(Reason.MatchedRule);
        Assert.InRange(allowed, counts.Values.Sum() / 5, counts.Values.Sum());
    }

    [Fact]
    public void FromSeed_SameSeed_GivesTheSameScenario() => Assert.Equal(Scenario.FromSeed(7).ToString(), Scenario.FromSeed(7).ToString());

    private static void Count(Scenario scenario, Dictionary<Reason, int> counts)
    {
        FirewallOptions options = scenario.Options(TimeProvider.System);
        Policy first = scenario.Policy();
        ReferenceFirewall reference = new(first, options, scenario.Timeouts().Reference);
        Stage stage = new(scenario, options);
        long now = 100_000;
        foreach (Step step in scenario.Steps)
        {
            if (step is Step.Wait wait)
            {
                now += wait.Milliseconds;
            }
            else if (step is Step.Edit edit)
            {
                reference.Update(PolicyChanges.Apply(edit.Change, edit.Salt, reference.Policy, first));
            }
            else if (stage.Packet(step, reference.Policy) is { } packet)
            {
                Reason reason = reference.Filter(packet.NicId, packet.Direction, packet.Octets, now).Reason;
                counts[reason] = counts.GetValueOrDefault(reason) + 1;
            }
        }
    }
}
