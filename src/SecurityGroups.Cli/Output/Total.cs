namespace SecurityGroups.Cli.Output;

/// <summary>What the summary counts by.</summary>
internal readonly record struct Total(string Nic, string Direction, string Verdict, string Reason);
