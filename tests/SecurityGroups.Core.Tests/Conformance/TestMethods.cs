using System.Reflection;

namespace SecurityGroups.Tests.Conformance;

/// <summary>The tests of this assembly, and what they say they are about.</summary>
internal static class TestMethods
{
    public static IReadOnlyList<MethodInfo> All { get; } =
    [
        .. typeof(TestMethods).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttributes<FactAttribute>().Any()),
    ];

    /// <summary>The method's name, and of every row of its data the first text.</summary>
    public static IEnumerable<string> NamesOf(MethodInfo test) =>
        [test.Name, .. test.GetCustomAttributes<Xunit.Sdk.DataAttribute>().SelectMany(data => data.GetData(test)).Select(row => row[0]).OfType<string>()];
}
