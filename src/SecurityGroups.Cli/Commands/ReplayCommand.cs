using System.CommandLine;
using System.CommandLine.Parsing;
using SecurityGroups.Cli.Replay;

namespace SecurityGroups.Cli.Commands;

/// <summary><c>secgroups replay</c>: a policy judges a capture.</summary>
internal sealed class ReplayCommand
{
    private const int MaxConnectionsLimit = 16_777_216;

    private readonly Argument<string> _capture = new("CAPTURE") { Description = "A pcap or pcapng file; - reads standard input." };
    private readonly Option<string> _policy = SharedOptions.Policy();

    private readonly Option<string[]> _nics = new("--nic")
    {
        Description = "Judge at this NIC only; may be given several times.",
        HelpName = "ID",
    };

    private readonly Option<string?> _egressNic = SharedOptions.Text(
        "--egress-nic", "ID", "Take every packet as leaving this NIC, whatever its addresses; combines with --ingress-nic.");

    private readonly Option<string?> _ingressNic = SharedOptions.Text(
        "--ingress-nic", "ID", "Take every packet as going to this NIC, whatever its addresses; combines with --egress-nic.");

    private readonly Option<bool> _isNdjson = Choice.Create("--format", "What to print: tables, or one JSON object a judgement.", ("summary", false), ("ndjson", true));

    private readonly Option<string?> _allowed = SharedOptions.Text(
        "--write-allowed", "FILE", "Write the packets that every NIC they concern allows; .pcapng in the name makes it pcapng.");

    private readonly Option<string?> _denied = SharedOptions.Text(
        "--write-denied", "FILE", "Write the packets that a NIC denies; .pcapng in the name makes it pcapng.");

    private readonly Option<UpdateArgument[]> _updates = new("--update")
    {
        Description = "Apply another policy just before packet N; may be given several times.",
        HelpName = "N=FILE",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = UpdateArgument.ParseAll,
    };

    private readonly Option<EstablishedConnections> _established = Choice.Create(
        "--established",
        "What --update does to tracked connections.",
        ("revalidate", EstablishedConnections.Revalidate),
        ("keep", EstablishedConnections.KeepUntilIdle),
        ("keep-until-idle", EstablishedConnections.KeepUntilIdle));

    private readonly Option<PickUp> _pickUp = Choice.Create(
        "--pickup",
        "Whether TCP connections whose SYN the capture lacks may be joined.",
        ("strict", PickUp.Strict),
        ("loose", PickUp.Loose),
        ("loose-egress-only", PickUp.LooseEgressOnly));

    private readonly Option<ConnectionTimeouts> _timeouts = Choice.Create(
        "--timeouts", "How long connections may be idle.", ("default", ConnectionTimeouts.Default));

    private readonly Option<int?> _maxConnections = SharedOptions.Number(
        "--max-connections", "Most connections tracked at a time; 65536 unless given.", 1, MaxConnectionsLimit);

    private ReplayCommand()
    {
    }

    public static Command Create(ToolConsole console)
    {
        ReplayCommand options = new();
        Command command = new("replay", "Judge the packets of a capture by a policy.")
        {
            options._capture,
            options._policy,
            options._nics,
            options._egressNic,
            options._ingressNic,
            options._isNdjson,
            options._allowed,
            options._denied,
            options._updates,
            options._established,
            options._pickUp,
            options._timeouts,
            options._maxConnections,
        };
        command.Validators.Add(options.RefuseSharedFiles);
        command.SetAction((parsed, cancellationToken) => new ReplayRunner(options.ToRequest(parsed), console).RunAsync(cancellationToken));
        return command;
    }

    /// <summary>A file that is written must be none of the others.</summary>
    private void RefuseSharedFiles(CommandResult result)
    {
        string?[] written = [result.GetValue(_allowed), result.GetValue(_denied)];
        string?[] read = [result.GetValue(_capture), result.GetValue(_policy), .. (result.GetValue(_updates) ?? []).Select(update => update.FileName)];
        HashSet<string> taken = [.. FullPaths(read)];
        foreach (string path in FullPaths(written))
        {
            if (!taken.Add(path))
            {
                result.AddError($"'{path}' would be overwritten: --write-allowed and --write-denied need files of their own.");
            }
        }
    }

    private static IEnumerable<string> FullPaths(string?[] paths) => paths.Where(path => !string.IsNullOrEmpty(path)).Select(path => Path.GetFullPath(path!));

    private ReplayRequest ToRequest(ParseResult parsed) => new()
    {
        PolicyFile = parsed.GetRequiredValue(_policy),
        CaptureFile = parsed.GetRequiredValue(_capture),
        View = new View
        {
            Only = [.. parsed.GetValue(_nics) ?? []],
            EgressNic = parsed.GetValue(_egressNic),
            IngressNic = parsed.GetValue(_ingressNic),
        },
        AsNdjson = parsed.GetValue(_isNdjson),
        AllowedFile = parsed.GetValue(_allowed),
        DeniedFile = parsed.GetValue(_denied),
        Updates = [.. (parsed.GetValue(_updates) ?? []).Select(update => (update.PacketNumber, update.FileName))],
        Tracking = new ConnectionTrackingOptions
        {
            EstablishedConnections = parsed.GetValue(_established),
            PickUp = parsed.GetValue(_pickUp),
            Timeouts = parsed.GetValue(_timeouts)!,
            MaxConnections = parsed.GetValue(_maxConnections) ?? new ConnectionTrackingOptions().MaxConnections,
        },
    };
}
