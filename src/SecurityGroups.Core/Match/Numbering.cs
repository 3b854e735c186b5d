using System.Collections.Immutable;

namespace SecurityGroups.Match;

/// <summary>Small numbers for names: dense, given once, used again after their name is gone. Immutable; a change costs O(log n).</summary>
internal sealed class Numbering
{
    private readonly ImmutableDictionary<string, int> _numbers;
    private readonly ImmutableStack<int> _free;
    private readonly int _next;

    private Numbering(ImmutableDictionary<string, int> numbers, ImmutableStack<int> free, int next)
    {
        _numbers = numbers;
        _free = free;
        _next = next;
    }

    public static Numbering Empty { get; } = new(ImmutableDictionary<string, int>.Empty, [], 0);

    /// <summary>The number of a name that has one.</summary>
    public int this[string name] => _numbers[name];

    public bool TryGet(string name, out int number) => _numbers.TryGetValue(name, out number);

    /// <summary>A copy in which the name has a number: the one it had, or the next free one.</summary>
    public Numbering With(string name, out int number)
    {
        if (_numbers.TryGetValue(name, out number))
        {
            return this;
        }

        if (_free.IsEmpty)
        {
            number = _next;
            return new Numbering(_numbers.Add(name, number), _free, _next + 1);
        }

        return new Numbering(_numbers.Add(name, _free.Peek()), _free.Pop(out number), _next);
    }

    /// <summary>A copy in which the name has no number.</summary>
    public Numbering Without(string name) =>
        _numbers.TryGetValue(name, out int number) ? new Numbering(_numbers.Remove(name), _free.Push(number), _next) : this;
}
