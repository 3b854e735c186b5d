using Xunit.Abstractions;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>Compares many stories and sorts what comes out: the same, a known difference, or one that nobody has explained.</summary>
internal sealed class Comparison(ITestOutputHelper output)
{
    private const int MostReported = 20;

    private readonly SortedDictionary<string, int> _known = new(StringComparer.Ordinal);
    private readonly List<string> _unexplained = [];
    private readonly long _start = Environment.TickCount64;
    private int _stories;
    private int _differing;
    private long _packets;

    /// <summary>Tells one story; shrinks what is not explained. <paramref name="name"/> leads back to it.</summary>
    public void Compare(Oracle oracle, string name, IReadOnlyList<Crossing> story)
    {
        long before = oracle.Packets;
        Difference? difference = oracle.Compare(story);
        _stories++;
        _packets += oracle.Packets - before;
        if (difference is null)
        {
            return;
        }

        if (KnownDifferences.Find(difference) is { } known)
        {
            _known[known.Name] = _known.GetValueOrDefault(known.Name) + 1;
            return;
        }

        _differing++;
        if (_unexplained.Count < MostReported)
        {
            _unexplained.Add($"{name}, {oracle.Shrink(difference)}");
        }
    }

    /// <summary>Reports the figures; fails on what nobody has explained.</summary>
    public void AssertExplained()
    {
        output.WriteLine($"Linux {Environment.OSVersion.Version}: {_stories} stories, {_packets} packets, {Environment.TickCount64 - _start} ms");
        foreach ((string name, int count) in _known)
        {
            output.WriteLine($"{count,7} {name}");
        }

        Assert.True(_differing == 0, $"{_differing} stories end in a difference that the table does not explain:{Environment.NewLine}{string.Join(Environment.NewLine, _unexplained)}");
    }
}
