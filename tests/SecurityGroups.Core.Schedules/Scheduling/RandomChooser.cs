namespace SecurityGroups.Schedules.Scheduling;

/// <summary>A random walk: goes on three times out of four, otherwise anywhere.</summary>
internal sealed class RandomChooser(int seed) : IChooser
{
    private readonly Random _random = new(seed);

    public int MaxPreemptions => int.MaxValue;

    public int Choose(int options) => _random.Next(4) != 0 ? 0 : _random.Next(options);

    public override string ToString() => $"random walk, seed {seed}";
}
