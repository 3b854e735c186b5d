namespace SecurityGroups.Cli.Captures;

/// <summary>A record makes no sense; <see cref="CaptureReader"/> turns it into a <see cref="CaptureException"/> that says where.</summary>
internal sealed class DamagedRecordException(string message) : Exception(message);
