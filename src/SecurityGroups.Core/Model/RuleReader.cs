using System.Text.Json;

namespace SecurityGroups;

/// <summary>One rule of a JSON document. A rule with any error gives none, and its other parts are still checked.</summary>
internal sealed class RuleReader(ProblemList problems)
{
    private static readonly string[] s_rule =
    [
        "id", "description", "direction", "ethertype", "protocol", "portRange", "icmpParameters", "ipRange", "remoteSecurityGroupId",
        "remoteAddressGroupId",
    ];

    private static readonly string[] s_remotes = ["ipRange", "remoteSecurityGroupId", "remoteAddressGroupId"];
    private static readonly string[] s_range = ["min", "max"];
    private static readonly string[] s_icmp = ["type", "code"];

    private readonly ProtocolReader _protocols = new(problems);

    public SecurityGroupRule? Read(JsonElement element, JsonPlace place)
    {
        int before = problems.ErrorCount;
        if (JsonMembers.Read(element, place, s_rule, fromApi: true, problems) is not { } members)
        {
            return null;
        }

        string? id = members.Id("id");
        string? description = members.Text("description");
        Direction? direction = ReadDirection(members);
        int beforeContent = problems.ErrorCount;
        Remote remote = ReadRemote(members);
        Ethertype ethertype = ReadEthertype(members, remote);
        IpProtocol? protocol = _protocols.Read(members, ethertype);
        PortRange ports = ReadPorts(members, protocol);
        IcmpMatch? icmp = ReadIcmp(members);
        if (problems.ErrorCount > beforeContent)
        {
            return null;
        }

        SecurityGroupRule rule = SecurityGroupRule.Create(direction ?? Direction.Ingress, protocol ?? IpProtocol.Any, ports, icmp, remote)
            with
        { Id = id ?? "", Description = description, Ethertype = ethertype };
        if (problems.ErrorCount == before)
        {
            return rule;
        }

        // It will not reach the validator, which would have found these.
        RuleChecks.CheckContent(rule, place.ToString, problems);
        return null;
    }

    private static Direction? ReadDirection(JsonMembers members)
    {
        const string Fix = "write 'ingress' or 'egress'";
        if (members.Value("direction") is null)
        {
            members.Error("direction", "member.missing", $"There is no direction: {Fix}.");
            return null;
        }

        switch (members.Text("direction"))
        {
            case null:
                return null;
            case "ingress":
                return Direction.Ingress;
            case "egress":
                return Direction.Egress;
            case { } other:
                members.Error("direction", "direction.unknown", $"'{AddressText.Shown(other)}' is not a direction: {Fix}.");
                return null;
        }
    }

    private static Ethertype ReadEthertype(JsonMembers members, Remote remote)
    {
        Ethertype implied = remote.Prefix?.Ethertype ?? Ethertype.IPv4;
        if (members.Text("ethertype") is not { } text)
        {
            return implied;
        }

        foreach (Ethertype ethertype in (ReadOnlySpan<Ethertype>)[Ethertype.IPv4, Ethertype.IPv6])
        {
            if (text.Equals(ethertype.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return ethertype;
            }
        }

        members.Error("ethertype", "ethertype.unknown", $"'{AddressText.Shown(text)}' is not an ethertype: write 'IPv4' or 'IPv6'.");
        return implied;
    }

    private static Remote ReadRemote(JsonMembers members)
    {
        string[] stated = [.. s_remotes.Where(name => members.Value(name) is not null)];
        if (stated.Length > 1)
        {
            members.Error(
                stated[1], "remote.several",
                $"A rule has one remote and this one has {string.Join(" and ", stated)}: keep one, and make another rule for the other.");
        }

        Remote remote = Remote.Any;
        if (members.Text("ipRange") is { } range)
        {
            remote = ReadPrefix(members, range);
        }

        if (members.Id("remoteSecurityGroupId") is { Length: > 0 } group)
        {
            remote = Remote.SecurityGroup(group);
        }

        return members.Id("remoteAddressGroupId") is { Length: > 0 } addresses ? Remote.AddressGroup(addresses) : remote;
    }

    private static Remote ReadPrefix(JsonMembers members, string text)
    {
        if (Cidr.TryParse(text, out Cidr? prefix))
        {
            return Remote.Network(prefix);
        }

        members.Error("ipRange", "cidr.format", $"'{AddressText.Shown(text)}' is not an address or prefix: {AddressText.Explain(text)}.");
        return Remote.Any;
    }

    private PortRange ReadPorts(JsonMembers rule, IpProtocol? protocol)
    {
        if (rule.Value("portRange") is not { } value)
        {
            return PortRange.All;
        }

        int before = problems.ErrorCount;
        JsonMembers? range = JsonMembers.Read(value, rule.PlaceOf("portRange"), s_range, fromApi: false, problems);
        int? min = range?.Integer("min");
        int? max = range?.Integer("max");
        if (problems.ErrorCount > before)
        {
            return PortRange.All;
        }

        (string Code, string Message)? wrong = WrongWith(min, max, protocol);
        if (wrong is { } error)
        {
            rule.Error("portRange", error.Code, error.Message);
            return PortRange.All;
        }

        return (min, max) is (0, 0) or (0, ushort.MaxValue) ? PortRange.All : new PortRange(min!.Value, max!.Value);
    }

    /// <summary>The first thing wrong with a range; 0-65535 is every port, and 0-0 too where the protocol has no ports.</summary>
    private static (string Code, string Message)? WrongWith(int? min, int? max, IpProtocol? protocol) => (min, max) switch
    {
        (null, _) or (_, null) => ("port.incomplete", "A port range has min and max: write both, the same number twice for one port."),
        (0, 0) when protocol is not { HasPorts: true } => null,
        (0, ushort.MaxValue) => null,
        ( < 0 or > ushort.MaxValue, _) or (_, < 0 or > ushort.MaxValue) => ("port.range", "A port is out of range: write 1 to 65535."),
        (0, _) or (_, 0) => ("port.zero", "There is no port 0: write 1 to 65535, or remove portRange for every port."),
        _ when min > max => ("port.order", $"The range ends before it begins: write min {max} and max {min}."),
        _ => null,
    };

    private IcmpMatch? ReadIcmp(JsonMembers rule)
    {
        if (rule.Value("icmpParameters") is not { } value
            || JsonMembers.Read(value, rule.PlaceOf("icmpParameters"), s_icmp, fromApi: false, problems) is not { } icmp)
        {
            return null;
        }

        int? type = ReadIcmpOctet(icmp, "type");
        int? code = ReadIcmpOctet(icmp, "code");
        if (icmp.Value("type") is null)
        {
            bool hasCode = icmp.Value("code") is not null;
            rule.Error("icmpParameters", hasCode ? "icmp.codeWithoutType" : "icmp.empty", hasCode
                ? "A code means nothing without its type: add the type."
                : "There is neither type nor code: add the type, or remove icmpParameters for every type.");
        }

        return (type, code) switch
        {
            (null, _) => null,
            (_, null) => new IcmpMatch((byte)type),
            _ => new IcmpMatch((byte)type, (byte)code),
        };
    }

    private static int? ReadIcmpOctet(JsonMembers icmp, string name)
    {
        int? number = icmp.Integer(name);
        if (number is < 0 or > byte.MaxValue)
        {
            icmp.Error(name, "icmp.range", $"ICMP {name} {number} is out of range: write 0 to 255.");
            return null;
        }

        return number;
    }
}
