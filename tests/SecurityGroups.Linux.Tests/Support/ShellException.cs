namespace SecurityGroups.Linux.Tests.Support;

/// <summary>A command ended with a status other than 0.</summary>
internal sealed class ShellException(string message) : Exception(message);
