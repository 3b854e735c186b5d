namespace SecurityGroups.Tests.Properties;

/// <summary>The firewall decides every packet of every random scenario as the reference model does, verdict and reason.</summary>
public class FirewallProperties
{
    [Fact]
    public void Filter_RandomScenarios_DecidesAsTheReference() => PropertyRuns.Check(300, scenario => ScenarioRunner.Run(scenario, RunMode.Single));

    [Fact]
    public void FilterBurst_RandomScenarios_DecidesAsTheReference() => PropertyRuns.Check(300, scenario => ScenarioRunner.Run(scenario, RunMode.Bursts));

    [Fact]
    public void Explain_RandomScenarios_ForetellsTheDecisionAndChangesNothing() =>
        PropertyRuns.Check(200, scenario => ScenarioRunner.Run(scenario, RunMode.Explained));

    [Fact]
    public void SaveAndRestore_BetweenPacketsOfRandomScenarios_LosesNothing() =>
        PropertyRuns.Check(200, scenario => ScenarioRunner.Run(scenario, RunMode.Restarted));
}
