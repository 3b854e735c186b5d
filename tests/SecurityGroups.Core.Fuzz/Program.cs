using System.Globalization;
using SecurityGroups.Fuzz;

const string Usage = """
    TARGET PATH...               runs files, or every file of folders
    TARGET --random N --seed S   runs N random inputs, the same for the same seed
    TARGET --afl                 runs what afl-fuzz sends (see fuzz.sh)
    TARGET --seeds FOLDER        writes the inputs that a corpus begins with
    --all --random N --seed S    runs N random inputs of the parser, and each other target about as long
    --all CORPUS                 runs the folder of each target
    --list                       names the targets
    """;

if (args is ["--list"])
{
    ForEach(target => Console.WriteLine(target.Name));
    return 0;
}

if (args is ["--all", "--random", string each, "--seed", string first])
{
    ForEach(target => Runs.Random(target, Math.Max(1, Number(each) / target.Weight), Number(first)));
    return 0;
}

if (args is ["--all", string corpus] && Directory.Exists(corpus))
{
    ForEach(target => Runs.Replay(target, [Path.Combine(corpus, target.Name)]));
    return 0;
}

if (args.Length < 2 || FuzzTargets.Find(args[0]) is not { } named)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

using (named)
{
    switch (args[1..])
    {
        case ["--random", string count, "--seed", string seed]:
            Runs.Random(named, Number(count), Number(seed));
            return 0;
        case ["--afl"]:
            Runs.UnderAfl(named);
            return 0;
        case ["--seeds", string folder]:
            Runs.WriteSeeds(named, folder);
            return 0;
        case string[] paths when paths.All(Path.Exists):
            Runs.Replay(named, paths);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static void ForEach(Action<FuzzTarget> run)
{
    foreach (FuzzTarget target in FuzzTargets.CreateAll())
    {
        using (target)
        {
            run(target);
        }
    }
}
