using System.Globalization;
using System.Text.Json;

namespace SecurityGroups.Mutation;

/// <summary>One change that Stryker made, as its report names it.</summary>
internal sealed record Mutant(int Id, string File, int Line, string Kind, string Replacement)
{
    public string Folder => Path.GetDirectoryName(File)!;

    public string Type => Path.GetFileNameWithoutExtension(File).Split('.')[0];

    /// <summary>The mutants of a report that were compiled, in the order of their files and lines.</summary>
    public static IReadOnlyList<Mutant> Read(string report)
    {
        using JsonDocument document = JsonDocument.Parse(System.IO.File.ReadAllBytes(report));
        return [.. document.RootElement.GetProperty("files").EnumerateObject()
            .SelectMany(file => file.Value.GetProperty("mutants").EnumerateArray().Where(IsCompiled).Select(mutant => From(file.Name, mutant)))
            .OrderBy(mutant => mutant.File, StringComparer.Ordinal).ThenBy(mutant => mutant.Line).ThenBy(mutant => mutant.Id)];
    }

    public override string ToString() => $"{File}:{Line} {Kind}: {Replacement}";

    private static bool IsCompiled(JsonElement mutant) => mutant.GetProperty("status").GetString() is not ("Ignored" or "CompileError");

    private static Mutant From(string path, JsonElement mutant) => new(
        int.Parse(mutant.GetProperty("id").GetString()!, CultureInfo.InvariantCulture),
        Path.Join(Path.GetFileName(Path.GetDirectoryName(path)), Path.GetFileName(path)),
        mutant.GetProperty("location").GetProperty("start").GetProperty("line").GetInt32(),
        mutant.GetProperty("mutatorName").GetString()!,
        string.Join(' ', mutant.GetProperty("replacement").GetString()!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
}
