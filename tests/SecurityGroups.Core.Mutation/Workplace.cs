using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SecurityGroups.Mutation;

/// <summary>
/// The folder of a run, through which its processes speak: the report and the tests with the mutated assembly, what the tests reach, and a
/// line for each mutant that was tried. A run that was broken off goes on where it stood.
/// </summary>
internal sealed class Workplace(string folder, string mutants, string tests)
{
    private readonly string _results = Path.Combine(folder, "results.tsv");
    private readonly string _reach = Path.Combine(folder, "reach.json");
    private readonly string _current = Path.Combine(folder, "current");

    public string Folder => folder;

    /// <summary>Which files' mutants are tried, and by which tests: regular expressions.</summary>
    public Regex Files { get; } = new(mutants);

    public Regex Tests { get; } = new(tests);

    public string Assembly(string name) => Path.GetFullPath(Path.Combine(folder, "bin", name));

    public IReadOnlyList<Mutant> Mutants() =>
        [.. Mutant.Read(Path.Combine(folder, "report.json")).Where(mutant => Files.IsMatch(mutant.File))];

    public Reach? ReadReach() => File.Exists(_reach) ? JsonSerializer.Deserialize<Reach>(File.ReadAllBytes(_reach)) : null;

    public void Write(Reach reach) => File.WriteAllBytes(_reach, JsonSerializer.SerializeToUtf8Bytes(reach));

    public Dictionary<int, Result> ReadResults() =>
        File.Exists(_results) ? File.ReadLines(_results).Select(Result.Parse).ToDictionary(result => result.Mutant) : [];

    public void Begin(int mutant) => File.WriteAllText(_current, mutant.ToString(CultureInfo.InvariantCulture));

    public void Record(Result result)
    {
        File.AppendAllText(_results, result + "\n");
        File.Delete(_current);
    }

    /// <summary>After a worker ended: if it ended in the middle of a mutant, that mutant ended it.</summary>
    public bool RecordCrash()
    {
        if (!File.Exists(_current))
        {
            return false;
        }

        Record(new Result(int.Parse(File.ReadAllText(_current), CultureInfo.InvariantCulture), Fate.Crash, ""));
        return true;
    }
}
