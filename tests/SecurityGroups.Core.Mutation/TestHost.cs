using System.Reflection;
using System.Text.RegularExpressions;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace SecurityGroups.Mutation;

/// <summary>The tests of an assembly, run in this process, one after the other.</summary>
internal sealed class TestHost : IDisposable
{
    /// <summary>Tests that take minutes, that race on purpose, or that look at files and not at the mutants.</summary>
    private static readonly string[] s_excluded =
        ["Soak", "ConcurrencyTests", "LargeForm", "Classbench", "TrackerMemory", "ReadmeTests", "ArchitectureTests", "AllocationTests", "HashFlooding"];

    private readonly XunitTestFramework _framework = new(new Sink(_ => true));
    private readonly ITestFrameworkExecutor _executor;

    public TestHost(Assembly tests, Regex wanted)
    {
        using ITestFrameworkDiscoverer discoverer = _framework.GetDiscoverer(Reflector.Wrap(tests));
        _executor = _framework.GetExecutor(tests.GetName());
        Cases = [.. tests.GetTypes().Where(type => IsWanted(type.FullName!, wanted)).SelectMany(type => Find(discoverer, type))];
    }

    public IReadOnlyList<ITestCase> Cases { get; }

    /// <summary>Runs tests until the sink says false.</summary>
    public void Run(IEnumerable<ITestCase> cases, Func<IMessageSinkMessage, bool> sink)
    {
        using ManualResetEventSlim finished = new();
        _executor.RunTests(cases, new Sink(message => Ran(message, sink, finished)), new Options());
        finished.Wait();
    }

    public void Dispose()
    {
        _executor.Dispose();
        _framework.Dispose();
    }

    private static bool IsWanted(string type, Regex wanted) =>
        wanted.IsMatch(type) && !Array.Exists(s_excluded, name => type.Contains(name, StringComparison.Ordinal));

    private static List<ITestCase> Find(ITestFrameworkDiscoverer discoverer, Type type)
    {
        List<ITestCase> cases = [];
        using ManualResetEventSlim found = new();
        discoverer.Find(type.FullName, false, new Sink(message => Discovered(message, cases, found)), new Options());
        found.Wait();
        return cases;
    }

    private static bool Discovered(IMessageSinkMessage message, List<ITestCase> cases, ManualResetEventSlim found)
    {
        switch (message)
        {
            case ITestCaseDiscoveryMessage discovery:
                cases.Add(discovery.TestCase);
                break;
            case IDiscoveryCompleteMessage:
                found.Set();
                break;
        }

        return true;
    }

    private static bool Ran(IMessageSinkMessage message, Func<IMessageSinkMessage, bool> sink, ManualResetEventSlim finished)
    {
        bool more = sink(message);
        if (message is ITestAssemblyFinished)
        {
            finished.Set();
        }

        return more;
    }

    private sealed class Sink(Func<IMessageSinkMessage, bool> onMessage) : IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message) => onMessage(message);
    }
}
