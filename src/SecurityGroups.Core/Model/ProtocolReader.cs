using System.Text.Json;

namespace SecurityGroups;

/// <summary>The protocol of a rule: an object with name or number, a name, or a number. Absent = any.</summary>
internal sealed class ProtocolReader(ProblemList problems)
{
    private static readonly string[] s_protocol = ["name", "number"];

    /// <summary>The protocol; null, with an error, when it cannot be read.</summary>
    public IpProtocol? Read(JsonMembers rule, Ethertype ethertype) => rule.Value("protocol") switch
    {
        null => IpProtocol.Any,
        { ValueKind: JsonValueKind.String } => FromName(rule, "protocol"),
        { ValueKind: JsonValueKind.Number } => FromNumber(rule, "protocol"),
        { ValueKind: JsonValueKind.Object } value => FromObject(rule, value, ethertype),
        { } other => Refuse(rule, other),
    };

    private static IpProtocol? FromName(JsonMembers members, string member)
    {
        string? name = members.Text(member);
        if (name is null || IpProtocol.TryParse(name, out IpProtocol protocol))
        {
            return name is null ? null : IpProtocol.Parse(name);
        }

        members.Error(member, "protocol.unknown", $"'{AddressText.Shown(name)}' is not a protocol{ProtocolHint.For(name)}");
        return null;
    }

    private static IpProtocol? FromNumber(JsonMembers members, string member)
    {
        int? number = members.Integer(member);
        if (number is < 0 or > byte.MaxValue)
        {
            string hint = number is > byte.MaxValue and <= ushort.MaxValue ? $"; did you mean port {number}, as protocol tcp with portRange {number}-{number}?" : ".";
            members.Error(member, "protocol.range", $"Protocol {number} is out of range: write 0 to 255{hint}");
            return null;
        }

        return number is null ? null : IpProtocol.FromNumber((byte)number);
    }

    private IpProtocol? FromObject(JsonMembers rule, JsonElement value, Ethertype ethertype)
    {
        if (JsonMembers.Read(value, rule.PlaceOf("protocol"), s_protocol, fromApi: false, problems) is not { } members)
        {
            return null;
        }

        bool hasName = members.Value("name") is not null;
        bool hasNumber = members.Value("number") is not null;
        IpProtocol? byName = hasName ? FromName(members, "name") : null;
        IpProtocol? byNumber = hasNumber ? FromNumber(members, "number") : null;
        if (!hasName && !hasNumber)
        {
            rule.Error("protocol", "protocol.empty", "There is neither name nor number: add one, or remove protocol for every protocol.");
        }
        else if (byName is { } name && byNumber is { } number && name.For(ethertype) != number.For(ethertype))
        {
            rule.Error("protocol", "protocol.conflict", $"Name {name} and number {number.Number} are different protocols: remove one.");
        }

        return byName ?? byNumber;
    }

    private static IpProtocol? Refuse(JsonMembers rule, JsonElement value)
    {
        rule.Error(
            "protocol", "json.type",
            $"Here stands {JsonMembers.Describe(value)}: write a name, a number, or an object with one of them.");
        return null;
    }
}
