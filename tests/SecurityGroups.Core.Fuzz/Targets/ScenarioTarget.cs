using SecurityGroups.Tests.Properties;

namespace SecurityGroups.Fuzz.Targets;

/// <summary>
/// The choices of a policy, of options, and of conversations, strays, waits and policy changes: the firewall decides every packet as the reference
/// firewall does, for the same reason, and Explain foretells it.
/// </summary>
internal sealed class ScenarioTarget : FuzzTarget
{
    public override string Name => "scenario";

    public override int Weight => 40;

    public override void Run(byte[] input)
    {
        InputRandom random = new(input);
        int seed = random.Next(1 << 16);
        RunMode mode = (RunMode)random.Next(3);
        Scenario scenario = new(seed, ScenarioSteps.Random(new Dice(random)));
        ScenarioRunner.Run(scenario, mode);
        Reached += scenario.Steps.Length;
    }

    public override byte[] Next(Random random) => Choices(random, 1_200);
}
