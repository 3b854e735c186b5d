using System.Globalization;

namespace SecurityGroups.Mutation;

internal enum Fate
{
    Killed,
    Timeout,
    Crash,
    Survived,
    NotReached,
}

/// <summary>What became of a mutant, and the test that told.</summary>
internal sealed record Result(int Mutant, Fate Fate, string Test)
{
    public bool IsDetected => Fate is Fate.Killed or Fate.Timeout or Fate.Crash;

    public static Result Parse(string line)
    {
        string[] parts = line.Split('\t');
        return new Result(int.Parse(parts[0], CultureInfo.InvariantCulture), Enum.Parse<Fate>(parts[1]), parts[2]);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Mutant}\t{Fate}\t{Test.ReplaceLineEndings(" ").Replace('\t', ' ')}");
}
