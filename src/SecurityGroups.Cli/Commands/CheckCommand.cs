using System.CommandLine;

namespace SecurityGroups.Cli.Commands;

/// <summary><c>secgroups check</c>: every error of a policy, or what it holds.</summary>
internal static class CheckCommand
{
    public static Command Create(ToolConsole console)
    {
        Argument<string> policy = new("POLICY") { Description = "The policy file." };
        Command command = new("check", "Print every error of a policy with its path, or a summary of it.") { policy };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(policy), console));
        return command;
    }

    private static int Run(string path, ToolConsole console)
    {
        if (PolicyFile.Load(path, console.Error) is not { } policy || !TryCompile(policy, path, console.Error))
        {
            return ExitCode.BadInput;
        }

        using TextWriter output = console.OpenText();
        int rules = policy.SecurityGroups.Values.Sum(group => group.Rules.Length);
        output.WriteLine($"{path}: no errors");
        output.WriteLine($"  {Count(policy.SecurityGroups.Count, "security group")} with {Count(rules, "rule")}");
        output.WriteLine($"  {Count(policy.AddressGroups.Count, "address group")}");
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
            PolicyFile.WriteErrors(path, invalid, error);
            return false;
        }
    }

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
