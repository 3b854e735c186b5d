namespace SecurityGroups.Cli.Captures;

/// <summary>A capture cannot be read, or not further; the message is one sentence for people.</summary>
internal sealed class CaptureException(string message) : ToolException(message);
