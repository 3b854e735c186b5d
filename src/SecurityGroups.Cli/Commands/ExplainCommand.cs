using System.CommandLine;
using SecurityGroups.Cli.Explain;
using SecurityGroups.Cli.Output;

namespace SecurityGroups.Cli.Commands;

/// <summary><c>secgroups explain</c>: the verdict for a new connection, the rules that match and the near misses.</summary>
internal sealed class ExplainCommand
{
    private readonly Option<string> _policy = SharedOptions.Policy();
    private readonly Option<string> _nic = new("--nic") { Description = "The NIC that judges.", HelpName = "ID", Required = true };
    private readonly ProbeOptions _probe = new();
    private readonly Choice<bool> _asJson = new("--format", "What to print: text, or one JSON object.", ("text", false), ("json", true));
    private readonly Option<bool> _exitCode = new("--exit-code") { Description = "Exit with 3 when the verdict is not allow." };
    private readonly ToolConsole _console;

    private ExplainCommand(ToolConsole console) => _console = console;

    public static Command Create(ToolConsole console)
    {
        ExplainCommand explain = new(console);
        Command command = new("explain", "Tell the verdict for a new connection, the rules that match it and those that nearly do.")
        {
            explain._policy,
            explain._nic,
        };
        foreach (Option option in explain._probe.All)
        {
            command.Options.Add(option);
        }

        command.Options.Add(explain._asJson.Option);
        command.Options.Add(explain._exitCode);
        command.SetAction(explain.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        if (_probe.Read(parsed, out string error) is not { } probe)
        {
            _console.Error.WriteLine(error);
            return ExitCode.Usage;
        }

        if (Explain(parsed, probe) is not { } explanation)
        {
            return ExitCode.BadInput;
        }

        if (_asJson.ValueIn(parsed))
        {
            ExplanationJson.Write(explanation, _console.Output);
        }
        else
        {
            using TextWriter output = _console.OpenText();
            ExplanationText.Write(explanation, output);
        }

        return parsed.GetValue(_exitCode) && !explanation.Decision.IsAllowed ? ExitCode.Denied : ExitCode.Done;
    }

    private Explanation? Explain(ParseResult parsed, Probe probe)
    {
        string path = parsed.GetRequiredValue(_policy);
        string nicId = parsed.GetRequiredValue(_nic);
        if (PolicyFile.Load(path, _console.Error) is not { } policy)
        {
            return null;
        }

        if (!policy.Nics.TryGetValue(nicId, out Nic? nic))
        {
            _console.Error.WriteLine(PolicyFile.MissingNic(path, policy, nicId));
            return null;
        }

        if (LocalAddress(nic, probe) is not { } local)
        {
            _console.Error.WriteLine($"{path}: NIC '{nicId}' states no {probe.Ethertype} address; give one with --local.");
            return null;
        }

        try
        {
            FirewallOptions options = new()
            {
                LinkType = LinkType.RawIp,
                ConnectionTracking = new ConnectionTrackingOptions { MaxConnections = 1 },
            };
            using Firewall firewall = new(PolicyFile.WithoutLinkTypes(policy), options);
            return firewall[nicId].Explain(probe.Direction, ProbePacket.Build(probe, local));
        }
        catch (PolicyException invalid)
        {
            PolicyFile.WriteErrors(path, invalid.Errors, _console.Error);
            return null;
        }
    }

    private static UInt128? LocalAddress(Nic nic, Probe probe)
    {
        if (probe.Local is { } local)
        {
            return local;
        }

        foreach (NicAddress address in nic.Addresses)
        {
            if (AddressBits.EthertypeOf(address.Address) == probe.Ethertype)
            {
                return AddressBits.From(address.Address);
            }
        }

        return null;
    }
}
