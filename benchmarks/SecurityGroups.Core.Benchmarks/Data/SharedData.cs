using System.Diagnostics.CodeAnalysis;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>Finds measuring data beside the project, where they are present.</summary>
internal static class SharedData
{
    public static bool TryFind(string relativePath, [NotNullWhen(true)] out string? path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            path = Path.Combine(folder.FullName, "shared", "data", relativePath);
            if (File.Exists(path))
            {
                return true;
            }
        }

        path = null;
        return false;
    }
}
