using System.Collections.Immutable;

namespace SecurityGroups.Schedules.Scheduling;

/// <summary>
/// Operations with their begin, end and result, and the question whether some order of them explains the results: one in which nobody
/// comes before another who had ended before he began, and in which a set of keys, changed by one operation after the other, gives the same
/// results (linearizability).
/// </summary>
internal sealed class History(ImmutableHashSet<int> initial)
{
    private readonly List<Operation> _operations = [];
    private int _clock;

    /// <summary>Does it, and notes what the keys may be after it, given the keys before it and its result; none = the result cannot be.</summary>
    public TResult Do<TResult>(string name, Func<TResult> act, Func<ImmutableHashSet<int>, TResult, IEnumerable<ImmutableHashSet<int>>> after)
    {
        int begin = ++_clock;
        TResult result = act();
        _operations.Add(new Operation($"{name} = {result}", begin, ++_clock, keys => after(keys, result)));
        return result;
    }

    public bool IsLinearizable() => Explains(initial, [.. _operations]);

    public override string ToString() => string.Join(", ", _operations.OrderBy(operation => operation.Begin));

    private static bool Explains(ImmutableHashSet<int> keys, ImmutableList<Operation> left)
    {
        if (left.IsEmpty)
        {
            return true;
        }

        int firstEnd = left.Min(operation => operation.End);
        return left.Where(operation => operation.Begin < firstEnd)
            .Any(operation => operation.After(keys).Any(after => Explains(after, left.Remove(operation))));
    }

    private sealed record Operation(string Name, int Begin, int End, Func<ImmutableHashSet<int>, IEnumerable<ImmutableHashSet<int>>> After)
    {
        public override string ToString() => $"{Name} [{Begin}, {End}]";
    }
}
