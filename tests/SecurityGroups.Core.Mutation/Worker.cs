using System.Reflection;
using Xunit.Abstractions;

namespace SecurityGroups.Mutation;

/// <summary>
/// A process that tries mutants: it switches one on and runs the tests that reach it, those first that found others of its file, until one
/// fails or the budget is spent. The watchdog ends the process when a mutant hangs; its parent then starts the next.
/// </summary>
internal sealed class Worker : IDisposable
{
    /// <summary>A test that takes longer is left out: it costs minutes over all mutants and finds few that others do not.</summary>
    private const double SlowMilliseconds = 2_000;

    /// <summary>How long a mutant may live, in processor time of the tests without it.</summary>
    private const double BudgetMilliseconds = 2_000;

    private static readonly TimeSpan s_unknown = TimeSpan.FromMinutes(1);

    private readonly Workplace _place;
    private readonly int? _staticMutant;
    private readonly MutantSwitch _switch;
    private readonly TestHost _host;
    private readonly Dictionary<(string File, string Test), int> _kills = [];

    /// <summary>With a mutant in a type initializer, which must be on before anything runs.</summary>
    public Worker(Workplace place, int? staticMutant)
    {
        _place = place;
        _staticMutant = staticMutant;
        _switch = new MutantSwitch(Assembly.LoadFrom(place.Assembly("SecurityGroups.Core.dll")));
        if (staticMutant is { } mutant)
        {
            _place.Begin(mutant);
            _switch.Activate(mutant);
        }

        _host = new TestHost(Assembly.LoadFrom(place.Assembly("SecurityGroups.Core.Tests.dll")), place.Tests);
    }

    public void Dispose() => _host.Dispose();

    /// <summary>Tries what the mutants' tests reach; or the one mutant that was switched on from the start, with the tests of its file.</summary>
    public void TryAll(Reach reach)
    {
        Dictionary<int, Result> results = _place.ReadResults();
        IReadOnlyList<Mutant> mutants = _place.Mutants();
        if (_staticMutant is { } alone)
        {
            Mutant mutant = mutants.Single(mutant => mutant.Id == alone);
            HashSet<int> neighbours = [.. mutants.Where(other => other.File == mutant.File).Select(other => other.Id)];
            _place.Record(Try(mutant, reach, neighbours));
            return;
        }

        HashSet<int> reached = reach.All();
        foreach (Mutant mutant in mutants.Where(mutant => !results.ContainsKey(mutant.Id) && reached.Contains(mutant.Id)))
        {
            _place.Record(Try(mutant, reach, [mutant.Id]));
        }
    }

    /// <summary>Runs every test without a mutant: once for its time, the quick ones again for what they reach.</summary>
    public Reach Measure()
    {
        Dictionary<string, double> times = [];
        Run(_host.Cases, _ => s_unknown, test => Console.WriteLine($"hangs without a mutant: {test}"), (test, milliseconds, failed) =>
        {
            if (failed || milliseconds > SlowMilliseconds)
            {
                Console.WriteLine($"left out ({(failed ? "fails without a mutant" : $"{milliseconds:F0} ms")}): {test.DisplayName}");
            }
            else
            {
                times[test.UniqueID] = milliseconds;
            }

            return true;
        });
        ITestCase[] quick = [.. _host.Cases.Where(test => times.ContainsKey(test.UniqueID))];
        Console.WriteLine($"{quick.Length} of {_host.Cases.Count} tests will do");
        Reach reach = new([]);
        _switch.Capture(true);
        Run(quick, _ => s_unknown, _ => { }, (test, _, _) =>
        {
            reach.Tests[test.UniqueID] = new TestReach(times[test.UniqueID], _switch.TakeCoverage());
            return true;
        });
        _switch.Capture(false);
        return reach;
    }

    private Result Try(Mutant mutant, Reach reach, HashSet<int> reaching)
    {
        _place.Begin(mutant.Id);
        ITestCase[] tests = [.. Chosen(mutant, reach, reaching)];
        if (tests.Length == 0)
        {
            return new Result(mutant.Id, Fate.NotReached, "");
        }

        _switch.Activate(mutant.Id);
        ITestCase? killer = null;
        Run(
            tests,
            test => TimeSpan.FromMilliseconds(reach.Tests[test.UniqueID].Milliseconds),
            test => _place.Record(new Result(mutant.Id, Fate.Timeout, test)),
            (test, _, failed) =>
            {
                killer = failed ? test : null;
                return !failed;
            });
        _switch.Deactivate();
        if (killer is null)
        {
            return new Result(mutant.Id, Fate.Survived, "");
        }

        _kills[(mutant.File, killer.UniqueID)] = _kills.GetValueOrDefault((mutant.File, killer.UniqueID)) + 1;
        return new Result(mutant.Id, Fate.Killed, killer.DisplayName);
    }

    private IEnumerable<ITestCase> Chosen(Mutant mutant, Reach reach, HashSet<int> reaching)
    {
        double budget = BudgetMilliseconds;
        return _host.Cases
            .Where(test => reach.Tests.TryGetValue(test.UniqueID, out TestReach? reached) && reaching.Overlaps(reached.Mutants))
            .OrderBy(test => Cost(test, mutant, reach))
            .TakeWhile(test =>
            {
                bool isWithin = budget > 0;
                budget -= reach.Tests[test.UniqueID].Milliseconds;
                return isWithin;
            });
    }

    /// <summary>The shorter, the earlier; earlier still the tests of the mutant's own type and those that found its neighbours.</summary>
    private double Cost(ITestCase test, Mutant mutant, Reach reach)
    {
        double milliseconds = reach.Tests[test.UniqueID].Milliseconds + 1;
        bool isOwn = test.DisplayName.Contains($".{mutant.Type}Tests.", StringComparison.Ordinal);
        return milliseconds / (1 + (4 * _kills.GetValueOrDefault((mutant.File, test.UniqueID)))) / (isOwn ? 50 : 1);
    }

    private void Run(IEnumerable<ITestCase> tests, Func<ITestCase, TimeSpan> usual, Action<string> onHang, Func<ITestCase, double, bool, bool> onTest)
    {
        using Watchdog watchdog = new(onHang);
        TimeSpan start = default;
        _host.Run(tests, message =>
        {
            switch (message)
            {
                case ITestCaseStarting starting:
                    start = Environment.CpuUsage.TotalTime;
                    watchdog.Begin(starting.TestCase.DisplayName, usual(starting.TestCase));
                    return true;
                case ITestCaseFinished finished:
                    return onTest(finished.TestCase, (Environment.CpuUsage.TotalTime - start).TotalMilliseconds, finished.TestsFailed > 0);
                default:
                    return true;
            }
        });
    }
}
