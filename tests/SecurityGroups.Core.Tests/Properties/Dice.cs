namespace SecurityGroups.Tests.Properties;

/// <summary>Choices from a seed: the same seed, the same choices, on every machine. A fuzzer brings its own source of choices.</summary>
internal sealed class Dice(Random random)
{
    public Dice(int seed)
        : this(new Random(seed))
    {
    }

    public int Seed() => random.Next();

    public int Below(int bound) => random.Next(bound);

    public bool Chance(int percent) => random.Next(100) < percent;

    public T Pick<T>(params T[] items) => items[random.Next(items.Length)];

    public T PickFrom<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>One of the items, each as likely as its weight.</summary>
    public T Weighted<T>(params (int Weight, T Item)[] items)
    {
        int at = random.Next(items.Sum(item => item.Weight));
        foreach ((int weight, T item) in items)
        {
            at -= weight;
            if (at < 0)
            {
                return item;
            }
        }

        throw new InvalidOperationException("The weights add up.");
    }
}
