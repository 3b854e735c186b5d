namespace SecurityGroups.Tests.Support;

/// <summary>Data beside the repository; tests that read it have nothing to do where it is absent.</summary>
internal static class SharedData
{
    /// <summary>The real captures of <c>../shared</c>, none where it is absent.</summary>
    public static IEnumerable<string> Captures() => Root() is { } root ? Directory.EnumerateFiles(Path.Combine(root, "data", "captures")).Order() : [];

    private static string? Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SecurityGroups.Core.sln")))
            {
                string shared = Path.Combine(folder.FullName, "..", "shared");
                return Directory.Exists(Path.Combine(shared, "data", "captures")) ? shared : null;
            }
        }

        return null;
    }
}
