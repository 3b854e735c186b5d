using SecurityGroups.Tests.Tracking;

namespace SecurityGroups.Fuzz.Targets;

/// <summary>
/// The choices of changes to a connection table, of their keys and of the time between them: it holds what a dictionary holds, and is undamaged
/// at the end.
/// </summary>
internal sealed class TableTarget : FuzzTarget
{
    private const int Capacity = 96;

    public override string Name => "table";

    public override int Weight => 5;

    public override void Run(byte[] input)
    {
        InputRandom random = new(input);
        TableModel model = new(Capacity, useAes: random.Next(2) == 0);
        while (!random.IsAtEnd)
        {
            // Mostly short waits, so that the table fills; then one that brings some of it to its end.
            int scale = random.Next(8) switch { 0 => 4_000, 1 => 100, _ => 1 };
            model.Step(random.Next(256), (byte)random.Next(256), random.Next(256) * scale);
        }

        model.CheckAll();
        Reached += model.Found;
    }

    public override byte[] Next(Random random) => Choices(random, 4_000);
}
