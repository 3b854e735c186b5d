using System.Text;

namespace SecurityGroups.Tests.Model;

/// <summary>What is wrong with a document or a part of one.</summary>
internal static class PolicyErrors
{
    /// <summary>Path and code of every error of a document.</summary>
    public static string[] Of(string json) => [.. Report(json).Errors.Select(error => $"{error.Path} {error.Code}")];

    /// <summary>Path and code of every error of a rule in the group <c>g</c>, without the path of the rule.</summary>
    public static string[] OfRule(string rule) => [.. Of(WithRule(rule)).Select(error => error.Replace("securityGroups[0].rules[0]", "", StringComparison.Ordinal))];

    /// <summary>Path and code of every error of a NIC, without the path of the NIC; the groups stateful <c>g</c> and stateless <c>s</c> exist.</summary>
    public static string[] OfNic(string nic) => [.. Of(WithNic(nic)).Select(error => error.Replace("nics[0]", "", StringComparison.Ordinal))];

    /// <summary>Path and code of every warning of a document.</summary>
    public static string[] Warnings(string json)
    {
        PolicyReport report = Report(json);
        Assert.Empty(report.Errors);
        return [.. report.Warnings.Select(warning => $"{warning.Path} {warning.Code}")];
    }

    public static string WithRule(string rule) => $$"""{"securityGroups":[{"id":"g","rules":[{{rule}}]}]}""";

    public static string WithNic(string nic) => $$"""{"securityGroups":[{"id":"g"},{"id":"s","stateful":false}],"nics":[{{nic}}]}""";

    /// <summary>Reads without and with exceptions, which must agree.</summary>
    public static PolicyReport Report(string json)
    {
        byte[] utf8Json = Encoding.UTF8.GetBytes(json);
        bool isRead = PolicyJson.TryRead(utf8Json, out Policy? policy, out PolicyReport report);
        Assert.Equal(report.IsValid, isRead);
        Assert.Equal(isRead, policy is not null);
        if (!isRead)
        {
            Assert.Equal(report.Errors, Assert.Throws<PolicyException>(() => PolicyJson.Read(json)).Errors.AsEnumerable());
        }

        Assert.All(report.Errors, error => Assert.Matches(@"^\S.*[.?]$", error.Message));
        return report;
    }
}
