using System.Globalization;
using System.Reflection;
using SecurityGroups.Tests.Conformance;
using Xunit.Sdk;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>The stories of the conformance tests, recorded by calling them: every row of the matrix, as far as a router can be asked.</summary>
internal static class MatrixStories
{
    private static readonly Type[] s_tests =
    [
        typeof(BehaviourTcpTests), typeof(BehaviourDatagramTests), typeof(BehaviourIcmpTests), typeof(BehaviourFormTests), typeof(BehaviourFragmentTests),
        typeof(SemanticsEvaluationTests),
    ];

    public static IEnumerable<(string Name, Scenario Scenario)> All() =>
        from type in s_tests
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        where method.GetCustomAttribute<FactAttribute>() is not null
        from arguments in ArgumentsOf(method)
        from scenario in Scenario.Record(() => Invoke(method, arguments))
        select ($"{method.Name}({string.Join(", ", arguments)})", scenario);

    /// <summary>Whether the kernel can be made to filter as this scenario's firewall does.</summary>
    public static bool IsAskable(Scenario scenario)
    {
        FirewallOptions options = scenario.Options;
        return options.LinkType == LinkType.RawIp && !options.AllowSourceRoute && options.ConnectionTracking.WindowCheck == WindowCheck.Enforce
            && options.ConnectionTracking.PickUp != PickUp.LooseEgressOnly
            && scenario.Policy.Nics.TryGetValue(Given.W, out Nic? nic) && nic.NicSecurity && nic.Options is null;
    }

    private static IEnumerable<object[]> ArgumentsOf(MethodInfo method) => method.GetParameters().Length == 0
        ? [[]]
        : method.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(method));

    // As the test runner does: 7 is an argument for a byte.
    private static object? Fit(ParameterInfo parameter, object? argument) =>
        argument is int number && parameter.ParameterType.IsPrimitive ? Convert.ChangeType(number, parameter.ParameterType, CultureInfo.InvariantCulture) : argument;

    // What a test asserts beside its scenarios is its own business, and fails there.
    private static void Invoke(MethodInfo method, object[] arguments)
    {
        try
        {
            method.Invoke(Activator.CreateInstance(method.DeclaringType!), [.. method.GetParameters().Zip(arguments, Fit)]);
        }
        catch (TargetInvocationException)
        {
        }
    }
}
