using System.CommandLine;
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
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string?> _egressNic = SharedOptions.Text(
        "--egress-nic", "ID", "Take every packet as leaving this NIC, whatever its addresses; combines with --ingress-nic.");

    private readonly Option<string?> _ingressNic = SharedOptions.Text(
        "--ingress-nic", "ID", "Take every packet as going to this NIC, whatever its addresses; combines with --egress-nic.");

    private readonly Choice<bool> _isNdjson = new("--format", "What to print: tables, or one JSON object a judgement.", ("summary", false), ("ndjson", true));

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

    private readonly Choice<EstablishedConnections> _established = new(
        "--established",
        "What --update does to tracked connections.",
        ("revalidate", EstablishedConnections.Revalidate),
        ("keep", EstablishedConnections.KeepUntilIdle),
        ("keep-until-idle", EstablishedConnections.KeepUntilIdle));

    private readonly Choice<PickUp> _pickUp = new(
        "--pickup",
        "Whether TCP connections whose SYN the capture lacks may be joined.",
        ("strict", PickUp.Strict),
        ("loose", PickUp.Loose),
        ("loose-egress-only", PickUp.LooseEgressOnly));

    private readonly Choice<ConnectionTimeouts> _timeouts = new(
        "--timeouts",
        "How long connections may be idle.",
        ("default", ConnectionTimeouts.Default),
        ("linux", ConnectionTimeouts.Linux),
        ("aws", ConnectionTimeouts.Aws),
        ("rfc", ConnectionTimeouts.Rfc));

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
            options._isNdjson.Option,
            options._allowed,
            options._denied,
            options._updates,
            options._established.Option,
            options._pickUp.Option,
            options._timeouts.Option,
            options._maxConnections,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(options.ToRequest(parsed), console, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ReplayRequest request, ToolConsole console, CancellationToken cancellationToken)
    {
        if (request.FindSharedFile() is { } path)
        {
            await console.Error.WriteLineAsync($"'{path}' would be overwritten: --write-allowed and --write-denied need files of their own.").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        return await new ReplayRunner(request, console).RunAsync(cancellationToken).ConfigureAwait(false);
    }

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
        AsNdjson = _isNdjson.ValueIn(parsed),
        AllowedFile = parsed.GetValue(_allowed),
        DeniedFile = parsed.GetValue(_denied),
        Updates = [.. (parsed.GetValue(_updates) ?? []).Select(update => (update.PacketNumber, update.FileName))],
        Tracking = new ConnectionTrackingOptions
        {
            EstablishedConnections = _established.ValueIn(parsed),
            PickUp = _pickUp.ValueIn(parsed),
            Timeouts = _timeouts.ValueIn(parsed),
            MaxConnections = parsed.GetValue(_maxConnections) ?? new ConnectionTrackingOptions().MaxConnections,
        },
    };
}
