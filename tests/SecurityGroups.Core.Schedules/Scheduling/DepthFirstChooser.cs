namespace SecurityGroups.Schedules.Scheduling;

/// <summary>
/// All ways of choosing, one after the other: the last choice that had another option takes it, and what follows begins anew. Bounded by
/// preemptions, for most races need few (Musuvathi and Qadeer, "Iterative context bounding", PLDI 2007).
/// </summary>
internal sealed class DepthFirstChooser(int maxPreemptions) : IChooser
{
    private readonly List<(int Chosen, int Options)> _path = [];
    private int _depth;

    public int MaxPreemptions => maxPreemptions;

    public int Choose(int options)
    {
        if (_depth == _path.Count)
        {
            _path.Add((0, options));
        }

        (int chosen, int before) = _path[_depth++];
        return before == options ? chosen : throw new InvalidOperationException("The same choices led elsewhere: the run depends on something else.");
    }

    /// <summary>Turns to the next way; false when all were gone.</summary>
    public bool TryAdvance()
    {
        _depth = 0;
        while (_path.Count > 0)
        {
            (int chosen, int options) = _path[^1];
            _path.RemoveAt(_path.Count - 1);
            if (chosen + 1 < options)
            {
                _path.Add((chosen + 1, options));
                return true;
            }
        }

        return false;
    }

    public override string ToString() => $"at most {maxPreemptions} preemptions, choices {string.Join(' ', _path.Select(choice => choice.Chosen))}";
}
