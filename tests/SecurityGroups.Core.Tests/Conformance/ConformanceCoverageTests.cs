using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Every numbered sentence of semantics.md is a test that carries its trait; every scenario is a test that begins with its id.</summary>
public sealed partial class ConformanceCoverageTests
{
    [Fact]
    public void EverySentence_HasATest()
    {
        HashSet<string> covered = [.. TestMethods.All.SelectMany(TraitsOf).Where(trait => trait.Name == "Semantics").Select(trait => trait.Value)];
        Assert.Equal([], Enumerable.Range(1, 53).Select(number => number.ToString(CultureInfo.InvariantCulture)).Except(covered));
    }

    [Fact]
    public void EveryScenario_HasATest()
    {
        HashSet<string> covered = [.. TestMethods.All.Select(test => ScenarioId().Match(test.Name)).Where(match => match.Success).Select(match => match.Value[..3])];
        Assert.Equal([], Enumerable.Range(1, 44).Select(number => $"S{number:00}").Except(covered));
    }

    private static IEnumerable<(string Name, string Value)> TraitsOf(MethodInfo test) => test.CustomAttributes
        .Concat(test.DeclaringType!.CustomAttributes)
        .Where(attribute => attribute.AttributeType == typeof(TraitAttribute))
        .Select(attribute => ((string)attribute.ConstructorArguments[0].Value!, (string)attribute.ConstructorArguments[1].Value!));

    [GeneratedRegex("^S[0-9]{2}_")]
    private static partial Regex ScenarioId();
}
