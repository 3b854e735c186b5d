namespace SecurityGroups.Cli;

/// <summary>The tool cannot do what was asked, for a reason outside of it; the message is one sentence for people. Ends the run with exit code 1.</summary>
internal class ToolException(string message) : Exception(message);
