using SecurityGroups.Tests.Tracking;

namespace SecurityGroups.Fuzz.Targets;

/// <summary>
/// The choices of changes to a connection table, of their keys and of the time between them: it holds what a dictionary holds, and is undamaged
/// at the end.
/// </summary>
internal sealed class TableTarget : FuzzTarget
{
    private const int Capacity = 96;

    // A few more than there is room for.
    private const int Keys = 128;

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
            model.Step(random.Next(256), (byte)random.Next(Keys), random.Next(256) * scale);
        }

        model.CheckAll();
        Reached += model.Found;
    }

    public override byte[] Next(Random random) => Choices(random, 4_000);

    // A table filled beyond its room, then touched, left alone for a while, and filled again; and random ones.
    public override IEnumerable<byte[]> Seeds()
    {
        byte[] fill = [.. Enumerable.Range(0, Keys).SelectMany(key => Step(0, key, 0))];
        byte[] touch = [.. Enumerable.Range(0, Keys / 2).SelectMany(key => Step(1, key, 0))];
        return base.Seeds().Take(4).Append([0, .. fill, .. touch]).Append([1, .. fill, .. Step(5, 0, 255, scale: 1), .. touch, .. fill, .. touch]);
    }

    private static byte[] Step(byte what, int key, byte wait, byte scale = 2) => [scale, what, (byte)key, wait];
}
