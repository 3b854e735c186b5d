using System.CommandLine;

namespace SecurityGroups.Cli.Commands;

/// <summary><c>secgroups check</c>: every error and warning of a policy, or what it holds.</summary>
internal static class CheckCommand
{
    public static Command Create(ToolConsole console)
    {
        Argument<string> policy = new("POLICY") { Description = "The policy file." };
        Command command = new("check", "Print every error and warning of a policy with its path, or a summary of it.") { policy };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(policy), console));
        return command;
    }

    private static int Run(string path, ToolConsole console)
    {
        Policy? policy = PolicyFile.Load(path, console.Error, out PolicyReport report);
        foreach (PolicyWarning warning in report.Warnings)
        {
            console.Error.WriteLine($"{path}: warning: {warning}");
        }

        if (policy is null || !TryCompile(policy, path, console.Error))
        {
            return ExitCode.BadInput;
        }

        using TextWriter output = console.OpenText();
        output.WriteLine($"{path}: {(report.Warnings.IsEmpty ? "good" : $"good, with {Count(report.Warnings.Length, "warning")}")}");
        output.WriteLine($"  {Count(policy.SecurityGroups.Count, "security group")}, {Count(policy.SecurityGroups.Values.Sum(group => group.Rules.Length), "rule")}");
        output.WriteLine($"  {Count(policy.AddressGroups.Count, "address group")}, {Count(policy.AddressGroups.Values.Sum(group => group.Addresses.Length), "prefix", "prefixes")}");
        output.WriteLine($"  {Count(policy.Nics.Count, "NIC")}");
        return ExitCode.Done;
    }

    /// <summary>Compiles the policy, which has bounds of its own.</summary>
    private static bool TryCompile(Policy policy, string path, TextWriter error)
    {
        try
        {
            FirewallOptions options = new()
            {
                LinkType = LinkType.Ethernet,
                ConnectionTracking = new ConnectionTrackingOptions { MaxConnections = 1 },
            };
            using Firewall firewall = new(policy, options);
            return true;
        }
        catch (PolicyException invalid)
        {
            PolicyFile.WriteErrors(path, invalid.Errors, error);
            return false;
        }
    }

    private static string Count(int number, string noun, string? plural = null) => number == 1 ? $"1 {noun}" : $"{number} {plural ?? noun + "s"}";
}
