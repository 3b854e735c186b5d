using System.Reflection;

namespace SecurityGroups.Mutation;

/// <summary>The class that Stryker compiles into the mutated assembly: which mutant is on, and which were reached.</summary>
internal sealed class MutantSwitch
{
    private const int None = -1;

    private readonly FieldInfo _active;
    private readonly FieldInfo _capture;
    private readonly MethodInfo _coverage;

    public MutantSwitch(Assembly mutated)
    {
        Type control = mutated.GetTypes().Single(type => type.Name == "MutantControl");
        _active = control.GetField("ActiveMutant")!;
        _capture = control.GetField("CaptureCoverage")!;
        _coverage = control.GetMethod("GetCoverageData")!;
        control.GetMethod("InitCoverage")!.Invoke(null, null);
        Activate(None);
    }

    public void Activate(int mutant) => _active.SetValue(null, mutant);

    public void Deactivate() => Activate(None);

    public void Capture(bool on) => _capture.SetValue(null, on);

    /// <summary>The mutants reached since the last call.</summary>
    public IReadOnlyList<int> TakeCoverage() => [.. ((IList<int>[])_coverage.Invoke(null, null)!)[0]];
}
