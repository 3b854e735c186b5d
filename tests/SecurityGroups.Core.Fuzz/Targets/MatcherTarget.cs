using SecurityGroups.Tests.Compile;

namespace SecurityGroups.Fuzz.Targets;

/// <summary>The choices of rules, members and packets: the compiled form finds the very rule that a loop over all rules finds first, or none.</summary>
internal sealed class MatcherTarget : FuzzTarget
{
    private const int MostKeys = 400;

    public override string Name => "matcher";

    public override int Weight => 13;

    public override void Run(byte[] input)
    {
        InputRandom random = new(input);
        FormDice dice = new(random);
        for (int i = 0; i < MostKeys && !random.IsAtEnd; i++)
        {
            Reached += dice.Check(dice.Key()) > 0 ? 1 : 0;
        }
    }

    public override byte[] Next(Random random) => Choices(random, 6_000);
}
