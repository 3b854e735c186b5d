using System.CommandLine;
using SecurityGroups.Cli.Commands;

namespace SecurityGroups.Cli.Explain;

/// <summary>The options that describe a <see cref="Probe"/>, and what must hold between them.</summary>
internal sealed class ProbeOptions
{
    // The first of the ephemeral ports (RFC 6335).
    private const int DefaultSourcePort = 49_152;
    private const byte EchoRequest = 8;
    private const byte EchoRequestV6 = 128;

    private readonly Choice<Direction> _direction = new(
        "--direction", "Towards the NIC's instance or away from it.", ("ingress", Direction.Ingress), ("egress", Direction.Egress));

    private readonly Option<string> _protocol = new("--protocol") { Description = "A name such as tcp, or a number from 0 to 255.", HelpName = "NAME|N", Required = true };
    private readonly Option<string> _remote = new("--remote") { Description = "The other end's address.", HelpName = "ADDRESS", Required = true };
    private readonly Option<string?> _local = SharedOptions.Text("--local", "ADDRESS", "The NIC's address; its first of the same family unless given.");
    private readonly Option<int?> _port = SharedOptions.Number("--port", "The destination port, in both directions.", 0, ushort.MaxValue);
    private readonly Option<int?> _sourcePort = SharedOptions.Number("--source-port", "The source port; 49152 unless given.", 0, ushort.MaxValue);

    private readonly Option<int?> _remotePort = SharedOptions.Number(
        "--remote-port", "The other end's port: the source port of ingress, the destination port of egress.", 0, ushort.MaxValue);

    private readonly Option<int?> _icmpType = SharedOptions.Number("--icmp-type", "The ICMP type; an echo request unless given.", 0, byte.MaxValue);
    private readonly Option<int?> _icmpCode = SharedOptions.Number("--icmp-code", "The ICMP code; 0 unless given.", 0, byte.MaxValue);

    public ProbeOptions()
    {
        _direction.Option.DefaultValueFactory = null;
        _direction.Option.Required = true;
    }

    public IEnumerable<Option> All =>
        [_direction.Option, _protocol, _remote, _local, _port, _sourcePort, _remotePort, _icmpType, _icmpCode];

    /// <summary>The probe; null with the sentence about what is wrong with the options.</summary>
    public Probe? Read(ParseResult parsed, out string error)
    {
        Direction direction = _direction.ValueIn(parsed);
        if (!TryReadEnds(parsed, out Ethertype ethertype, out UInt128 remote, out UInt128? local, out error)
            || !TryReadProtocol(parsed, ethertype, out IpProtocol protocol, out error)
            || !TryReadPorts(parsed, direction, protocol, out ushort sourcePort, out ushort destinationPort, out error))
        {
            return null;
        }

        if (!protocol.IsIcmp && (parsed.GetValue(_icmpType) ?? parsed.GetValue(_icmpCode)) is not null)
        {
            error = $"--icmp-type and --icmp-code belong to icmp, not to {protocol}.";
            return null;
        }

        return new Probe
        {
            Direction = direction,
            Ethertype = ethertype,
            Protocol = protocol,
            Remote = remote,
            Local = local,
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            IcmpType = (byte)(parsed.GetValue(_icmpType) ?? (ethertype == Ethertype.IPv4 ? EchoRequest : EchoRequestV6)),
            IcmpCode = (byte)(parsed.GetValue(_icmpCode) ?? 0),
        };
    }

    private bool TryReadEnds(ParseResult parsed, out Ethertype ethertype, out UInt128 remote, out UInt128? local, out string error)
    {
        local = null;
        error = "";
        string remoteText = parsed.GetRequiredValue(_remote);
        if (!AddressText.TryParse(remoteText, out ethertype, out remote))
        {
            error = $"--remote '{remoteText}' is no address.";
            return false;
        }

        if (parsed.GetValue(_local) is not { } localText)
        {
            return true;
        }

        if (!AddressText.TryParse(localText, out Ethertype localEthertype, out UInt128 address) || localEthertype != ethertype)
        {
            error = $"--local '{localText}' is no {ethertype} address.";
            return false;
        }

        local = address;
        return true;
    }

    private bool TryReadProtocol(ParseResult parsed, Ethertype ethertype, out IpProtocol protocol, out string error)
    {
        error = "";
        string text = parsed.GetRequiredValue(_protocol);
        if (!IpProtocol.TryParse(text, out protocol) || protocol.IsAny)
        {
            error = $"--protocol '{text}' is not one protocol: write a name such as tcp, or a number from 0 to 255.";
            return false;
        }

        // As in a policy: icmp beside an IPv6 address means ICMPv6.
        protocol = protocol == IpProtocol.Icmp && ethertype == Ethertype.IPv6 ? IpProtocol.IcmpV6 : protocol;
        if (protocol == IpProtocol.IcmpV6 && ethertype == Ethertype.IPv4)
        {
            error = $"--protocol {protocol} needs an IPv6 --remote.";
        }

        return error.Length == 0;
    }

    private bool TryReadPorts(
        ParseResult parsed, Direction direction, IpProtocol protocol, out ushort sourcePort, out ushort destinationPort, out string error)
    {
        int? port = parsed.GetValue(_port);
        int? source = parsed.GetValue(_sourcePort);
        int? remote = parsed.GetValue(_remotePort);
        bool isIngress = direction == Direction.Ingress;
        error = (port, source, remote) switch
        {
            (not null, _, _) or (_, not null, _) or (_, _, not null) when !protocol.HasPorts => $"Ports belong to tcp, udp, udplite, sctp and dccp, not to {protocol}.",
            (_, not null, not null) when isIngress && source != remote => "--remote-port and --source-port are the same port of ingress: give one.",
            (not null, _, not null) when !isIngress && port != remote => "--remote-port and --port are the same port of egress: give one.",
            (null, _, _) when protocol.HasPorts && (isIngress || remote is null) => $"{protocol} needs a --port.",
            _ => "",
        };
        sourcePort = (ushort)(source ?? (isIngress ? remote : null) ?? DefaultSourcePort);
        destinationPort = (ushort)(port ?? (isIngress ? null : remote) ?? 0);
        return error.Length == 0;
    }
}
