using System.Globalization;
using SecurityGroups.Fuzz;

// Usage:
//   SecurityGroups.Core.Fuzz                      one input from standard input (AFL++: afl-fuzz -n -i corpus -o out -- dotnet ... )
//   SecurityGroups.Core.Fuzz PATH...              files, or every file of folders
//   SecurityGroups.Core.Fuzz --random N --seed S  N changed samples, the same for the same seed; for CI
// A broken promise ends the process with an exception and, with --random, the octets that broke it.
using Target target = new();
if (args is ["--random", string count, "--seed", string seed])
{
    return RandomInputs.Run(target, int.Parse(count, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture));
}

if (args.Any(arg => arg.StartsWith('-')))
{
    Console.Error.WriteLine("usage: [PATH]... | --random N --seed S");
    return 2;
}

foreach (string file in args.SelectMany(path => Directory.Exists(path) ? Directory.GetFiles(path) : [path]))
{
    target.Run(File.ReadAllBytes(file));
}

if (args.Length == 0)
{
    using Stream input = Console.OpenStandardInput();
    using MemoryStream octets = new();
    input.CopyTo(octets);
    target.Run(octets.ToArray());
}

return 0;
