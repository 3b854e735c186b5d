using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace SecurityGroups.Tests.Properties;

/// <summary>
/// How often a property is tried: a few seconds' worth by default, the same scenarios each time; with the environment variable
/// SECURITYGROUPS_PROPERTY_RUNS so many that nobody chose, and what fails is shrunk. SECURITYGROUPS_PROPERTY_SEED runs the one scenario that a
/// failure named.
/// </summary>
internal static class PropertyRuns
{
    private static readonly string? s_runs = Environment.GetEnvironmentVariable("SECURITYGROUPS_PROPERTY_RUNS");
    private static readonly string? s_seed = Environment.GetEnvironmentVariable("SECURITYGROUPS_PROPERTY_SEED");

    public static void Check(int runs, Action<Scenario> property)
    {
        if (s_seed is not null)
        {
            property(Scenario.FromSeed(int.Parse(s_seed, CultureInfo.InvariantCulture)));
            return;
        }

        if (s_runs is null)
        {
            for (int seed = 0; seed < runs; seed++)
            {
                property(Scenario.FromSeed(seed));
            }

            return;
        }

        int tries = int.Parse(s_runs, CultureInfo.InvariantCulture);
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(tries), Prop.ForAll(Scenarios(), property));
    }

    private static Arbitrary<Scenario> Scenarios() =>
        Arb.From(Gen.Choose(int.MinValue, int.MaxValue).Select(Scenario.FromSeed), scenario => scenario.Smaller());
}
