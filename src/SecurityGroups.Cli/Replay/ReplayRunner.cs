using System.Globalization;
using System.IO.Pipelines;
using SecurityGroups.Cli.Captures;
using SecurityGroups.Cli.Output;

namespace SecurityGroups.Cli.Replay;

/// <summary>
/// Carries out a replay: loads every policy, judges the capture, prints. An error in the middle keeps what was decided before it: judgements are
/// printed, written captures are whole, and the exit code tells.
/// </summary>
internal sealed class ReplayRunner(ReplayRequest request, ToolConsole console)
{
    private const int ReadOctets = 256 * 1024;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (LoadPolicies() is not { } policies)
        {
            return ExitCode.BadInput;
        }

        try
        {
            using Firewall firewall = ReplayFirewall.Create(policies.First, request.Tracking);
            using Stream capture = OpenCapture();
            using CaptureSorter sorter = new(OpenWriter(request.AllowedFile), OpenWriter(request.DeniedFile));
            using IJudgementSink sink = request.AsNdjson ? new NdjsonSink(console.Output) : new SummarySink(console, TimeProvider.System);
            CaptureReplay replay = new(firewall, CaptureName, request.View, policies.Updates, sink, sorter);
            return await JudgeAsync(capture, replay, cancellationToken).ConfigureAwait(false);
        }
        catch (PolicyException invalid)
        {
            PolicyFile.WriteErrors(request.PolicyFile, invalid.Errors, console.Error);
        }
        catch (Exception error) when (error is ToolException or IOException or UnauthorizedAccessException)
        {
            console.Error.WriteLine(error.Message);
        }

        return ExitCode.BadInput;
    }

    private string CaptureName => request.CaptureFile == ReplayRequest.StandardInput ? "standard input" : request.CaptureFile;

    private async Task<int> JudgeAsync(Stream capture, CaptureReplay replay, CancellationToken cancellationToken)
    {
        ProgressLine progress = new(console, TimeProvider.System, isWanted: !(request.AsNdjson && console.OutputIsTerminal));
        CaptureReader reader = new(PipeReader.Create(capture, new StreamPipeReaderOptions(bufferSize: ReadOctets)), CaptureName);
        try
        {
            await foreach (CapturedPacket packet in reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                replay.Judge(packet);
                progress.Report(packet.Number);
            }
        }
        catch (OperationCanceledException)
        {
            throw new ToolException(string.Create(CultureInfo.InvariantCulture, $"Interrupted after {reader.PacketCount} packets."));
        }
        finally
        {
            progress.Clear();
        }

        foreach (PolicyUpdate update in replay.PendingUpdates)
        {
            console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{update.FileName}: never took force: the capture has {reader.PacketCount} packets, not {update.PacketNumber}."));
        }

        return ExitCode.Done;
    }

    /// <summary>Every policy, or null when one has errors; the errors of all are written.</summary>
    private (Policy First, List<PolicyUpdate> Updates)? LoadPolicies()
    {
        Policy? first = PolicyFile.Load(request.PolicyFile, console.Error);
        List<PolicyUpdate> updates = [];
        foreach ((long packetNumber, string fileName) in request.Updates)
        {
            if (PolicyFile.Load(fileName, console.Error) is { } policy)
            {
                updates.Add(new PolicyUpdate(packetNumber, fileName, PolicyFile.WithoutLinkTypes(policy)));
            }
        }

        bool isComplete = first is not null && updates.Count == request.Updates.Length && KnowsEveryNic(first, updates);
        return isComplete ? (first!, updates) : null;
    }

    private bool KnowsEveryNic(Policy first, List<PolicyUpdate> updates)
    {
        bool isKnown = true;
        foreach (string id in request.View.NamedNics)
        {
            if (!first.Nics.ContainsKey(id) && !updates.Exists(update => update.Policy.Nics.ContainsKey(id)))
            {
                console.Error.WriteLine(PolicyFile.MissingNic(request.PolicyFile, first, id));
                isKnown = false;
            }
        }

        return isKnown;
    }

    private Stream OpenCapture()
    {
        if (request.CaptureFile == ReplayRequest.StandardInput)
        {
            return console.Input;
        }

        try
        {
            return new FileStream(request.CaptureFile, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException($"{request.CaptureFile}: cannot be read: {error.Message}");
        }
    }

    private static CaptureWriter? OpenWriter(string? path)
    {
        try
        {
            return path is null ? null : CaptureWriter.Create(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path}: cannot be written: {error.Message}");
        }
    }
}
