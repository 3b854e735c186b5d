using System.Reflection;
using Xunit.Sdk;

namespace SecurityGroups.Tests.Support;

/// <summary>Runs a theory once for IPv4 and once for IPv6.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FamiliesAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Ethertype.IPv4], [Ethertype.IPv6]];
}
