namespace SecurityGroups.Cli.Commands;

/// <summary>Shapes of what a command prints.</summary>
internal enum OutputFormat : byte
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For programs.</summary>
    Json,
}
