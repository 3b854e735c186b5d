namespace SecurityGroups.Mutation;

/// <summary>The end of a run: counts per file and folder on the console, and survivors.txt.</summary>
internal static class Score
{
    public static void Write(Workplace place)
    {
        Dictionary<int, Result> results = place.ReadResults();
        IReadOnlyList<Mutant> mutants = place.Mutants();
        File.WriteAllLines(
            Path.Combine(place.Folder, "survivors.txt"),
            mutants.Where(mutant => !results[mutant.Id].IsDetected).Select(mutant => $"{mutant} [{mutant.Id}, {results[mutant.Id].Fate}]"));
        foreach (IGrouping<string, Mutant> file in mutants.GroupBy(mutant => mutant.File))
        {
            Console.WriteLine(Line(file.Key, [.. file.Select(mutant => results[mutant.Id])]));
        }

        foreach (IGrouping<string, Mutant> folder in mutants.GroupBy(mutant => mutant.Folder))
        {
            Console.WriteLine(Line(folder.Key, [.. folder.Select(mutant => results[mutant.Id])]));
        }
    }

    private static string Line(string name, IReadOnlyList<Result> results)
    {
        int detected = results.Count(result => result.IsDetected);
        IEnumerable<string> fates = results.GroupBy(result => result.Fate).OrderBy(fate => fate.Key).Select(fate => $"{fate.Key} {fate.Count()}");
        return $"{name}: {detected} of {results.Count} detected ({100.0 * detected / results.Count:F1} %): {string.Join(", ", fates)}";
    }
}
