using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace SecurityGroups;

/// <summary>Doors of the model: what goes into an immutable type is complete, so that nothing behind it asks again.</summary>
internal static class Checked
{
    /// <summary>The list, where the default value counts as empty.</summary>
    /// <exception cref="ArgumentException">An element is null.</exception>
    public static ImmutableArray<T> List<T>(ImmutableArray<T> list, [CallerMemberName] string name = "")
        where T : class
    {
        if (list.IsDefault)
        {
            return [];
        }

        return list.Contains(null!) ? throw new ArgumentException("An element is null.", name) : list;
    }

    public static string Text(string text, [CallerMemberName] string name = "")
    {
        ArgumentNullException.ThrowIfNull(text, name);
        return text;
    }
}
