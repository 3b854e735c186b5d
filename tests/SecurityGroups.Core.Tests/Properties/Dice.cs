namespace SecurityGroups.Tests.Properties;

/// <summary>Choices from a seed: the same seed, the same choices, on every machine.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    public int Seed() => _random.Next();

    public int Below(int bound) => _random.Next(bound);

    public bool Chance(int percent) => _random.Next(100) < percent;

    public T Pick<T>(params T[] items) => items[_random.Next(items.Length)];

    public T PickFrom<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    /// <summary>One of the items, each as likely as its weight.</summary>
    public T Weighted<T>(params (int Weight, T Item)[] items)
    {
        int at = _random.Next(items.Sum(item => item.Weight));
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
