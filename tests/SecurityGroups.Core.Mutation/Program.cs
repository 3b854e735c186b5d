using System.Diagnostics;
using System.Globalization;
using SecurityGroups.Mutation;

const string Usage = "FOLDER FILES TESTS: tries the mutants of FOLDER/report.json in the files by the tests that match (see tests/mutate.sh)";

if (args is ["--worker", string workFolder, string files, string tests, .. string[] staticMutant])
{
    Work(new Workplace(workFolder, files, tests), staticMutant is [string id] ? int.Parse(id, CultureInfo.InvariantCulture) : null);
    return 0;
}

if (args.Length != 3 || !Directory.Exists(args[0]))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

Workplace place = new(args[0], args[1], args[2]);
if (place.ReadReach() is null)
{
    Start();
}

while (Left(isReached: true).Any())
{
    Start();
}

while (Left(isReached: false).FirstOrDefault() is { } left)
{
    Start(left.Id.ToString(CultureInfo.InvariantCulture));
}

Score.Write(place);
return 0;

IEnumerable<Mutant> Left(bool isReached)
{
    Dictionary<int, Result> results = place.ReadResults();
    HashSet<int> reached = place.ReadReach()!.All();
    return place.Mutants().Where(mutant => !results.ContainsKey(mutant.Id) && reached.Contains(mutant.Id) == isReached);
}

void Start(params string[] more)
{
    using Process process = Process.Start(Environment.ProcessPath!, ["--worker", .. args, .. more]);
    process.WaitForExit();
    if (!place.RecordCrash() && process.ExitCode is not (0 or 137))
    {
        throw new InvalidOperationException($"The worker ended with {process.ExitCode} between two mutants.");
    }
}

static void Work(Workplace place, int? staticMutant)
{
    using Worker worker = new(place, staticMutant);
    if (place.ReadReach() is { } reach)
    {
        worker.TryAll(reach);
    }
    else
    {
        place.Write(worker.Measure());
    }
}
