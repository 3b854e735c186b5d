using System.Diagnostics;
using System.Globalization;

namespace SecurityGroups.Fuzz;

/// <summary>The ways to run a target. Each ends the process with an exception when a promise is broken, after printing the input.</summary>
internal static class Runs
{
    /// <summary>Random inputs without a fuzzer: repeatable, needs nothing but the SDK.</summary>
    public static void Random(FuzzTarget target, int count, int seed)
    {
        Random random = new(seed);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            Try(target, target.Next(random), string.Create(CultureInfo.InvariantCulture, $"input {i} of seed {seed}"));
        }

        Report(target, count, start);
    }

    /// <summary>The files of a corpus, or those that broke something.</summary>
    public static void Replay(FuzzTarget target, IEnumerable<string> paths)
    {
        long start = Stopwatch.GetTimestamp();
        int count = 0;
        foreach (string file in paths.SelectMany(FilesAt))
        {
            Try(target, File.ReadAllBytes(file), file);
            count++;
        }

        Report(target, count, start);
    }

    /// <summary>Under afl-fuzz, which sends the inputs and reads the coverage; fuzz.sh does what that needs.</summary>
    public static void UnderAfl(FuzzTarget target) => SharpFuzz.Fuzzer.OutOfProcess.Run(stream =>
    {
        using MemoryStream octets = new();
        stream.CopyTo(octets);
        target.Run(octets.ToArray());
    });

    /// <summary>Writes the inputs that a corpus begins with.</summary>
    public static void WriteSeeds(FuzzTarget target, string folder)
    {
        Directory.CreateDirectory(folder);
        int number = 0;
        foreach (byte[] seed in target.Seeds())
        {
            File.WriteAllBytes(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"seed-{++number:000}")), seed);
        }
    }

    private static IEnumerable<string> FilesAt(string path) => Directory.Exists(path) ? Directory.GetFiles(path).Order(StringComparer.Ordinal) : [path];

    private static void Try(FuzzTarget target, byte[] input, string name)
    {
        try
        {
            target.Run(input);
        }
        catch (Exception)
        {
            Console.Error.WriteLine($"{target.Name}, {name}: {Convert.ToHexString(input)}");
            throw;
        }
    }

    private static void Report(FuzzTarget target, int count, long start)
    {
        if (count > 0 && target.Reached == 0)
        {
            throw new BrokenPromiseException($"{target.Name}: {count} inputs reached nothing");
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {count} inputs in {seconds:0.0} s, reached {target.Reached}"));
    }
}
