using System.Collections.Immutable;

namespace SecurityGroups.Cli.Replay;

/// <summary>Everything that a replay was asked for.</summary>
internal sealed record ReplayRequest
{
    /// <summary>The name of a capture that means standard input.</summary>
    public const string StandardInput = "-";

    public required string PolicyFile { get; init; }

    public required string CaptureFile { get; init; }

    public View View { get; init; } = View.Everything;

    /// <summary>One JSON object a judgement instead of the summary.</summary>
    public bool AsNdjson { get; init; }

    /// <summary>Where allowed packets are written; null = nowhere.</summary>
    public string? AllowedFile { get; init; }

    /// <summary>Where denied packets are written; null = nowhere.</summary>
    public string? DeniedFile { get; init; }

    /// <summary>Policy files by the packet before which they take force.</summary>
    public ImmutableArray<(long PacketNumber, string FileName)> Updates { get; init; } = [];

    public ConnectionTrackingOptions Tracking { get; init; } = new();

    /// <summary>A file that would be written although it is also read, or written twice; null when there is none.</summary>
    public string? FindSharedFile()
    {
        string?[] written = [AllowedFile, DeniedFile];
        HashSet<string> taken = [.. FullPaths([PolicyFile, CaptureFile, .. Updates.Select(update => update.FileName)])];
        return FullPaths(written).FirstOrDefault(path => !taken.Add(path));
    }

    private static IEnumerable<string> FullPaths(string?[] paths) => paths.Where(path => !string.IsNullOrEmpty(path)).Select(path => Path.GetFullPath(path!));
}
