using System.Net.NetworkInformation;
using System.Text.Json;

namespace SecurityGroups;

/// <summary>
/// A JSON document to the parts of a policy. Goes on after every error; what could not be read is left out and marks its group or NIC as
/// partial. A policy is made only when there was no error at all, so that nothing left out ever widens a rule.
/// </summary>
internal sealed class PolicyReader(ProblemList problems)
{
    private const int MacTextLength = 17;
    private static readonly string[] s_policy = ["securityGroups", "addressGroups", "nics"];
    private static readonly string[] s_group = ["id", "name", "description", "stateful", "rules"];
    private static readonly string[] s_addressGroup = ["id", "addresses"];
    private static readonly string[] s_nic =
    [
        "id", "name", "networkId", "ipv4", "ipv6", "mac", "nicSecurity", "addressChecks", "allowedAddresses", "securityGroups", "options",
    ];

    private readonly RuleReader _rules = new(problems);
    private readonly PolicySource _source = new();

    public PolicySource Read(JsonElement document)
    {
        if (JsonMembers.Read(document, JsonPlace.Root, s_policy, fromApi: false, problems) is { } policy)
        {
            foreach ((JsonElement element, JsonPlace place) in policy.Items("securityGroups", mayBeWrapped: true))
            {
                ReadGroup(element, place);
            }

            foreach ((JsonElement element, JsonPlace place) in policy.Items("addressGroups", mayBeWrapped: true))
            {
                ReadAddressGroup(element, place);
            }

            foreach ((JsonElement element, JsonPlace place) in policy.Items("nics", mayBeWrapped: true))
            {
                ReadNic(element, place);
            }
        }

        return _source;
    }

    private void ReadGroup(JsonElement element, JsonPlace place)
    {
        if (JsonMembers.Read(element, place, s_group, fromApi: true, problems) is not { } members)
        {
            return;
        }

        string? id = members.RequiredId("id");
        SecurityGroup group = SecurityGroup.CreateEmpty(string.IsNullOrEmpty(id) ? "?" : id)
            .WithDescription(members.Text("description"))
            .WithStateful(members.Flag("stateful") ?? true);
        group = members.Text("name") is { } name ? group.WithName(name) : group;
        List<JsonPlace> places = [];
        group = group.WithRules(ReadRules(members, places));
        if (!string.IsNullOrEmpty(id))
        {
            _source.SecurityGroups.Add(new(group, place.ToString()) { RulePlaces = places });
        }
    }

    private IEnumerable<SecurityGroupRule> ReadRules(JsonMembers group, List<JsonPlace> places)
    {
        foreach ((JsonElement element, JsonPlace place) in group.Items("rules", mayBeWrapped: true))
        {
            if (_rules.Read(element, place) is { } rule)
            {
                places.Add(place);
                yield return rule;
            }
        }
    }

    private void ReadAddressGroup(JsonElement element, JsonPlace place)
    {
        if (JsonMembers.Read(element, place, s_addressGroup, fromApi: true, problems) is not { } members)
        {
            return;
        }

        string? id = members.RequiredId("id");
        List<Cidr> addresses = [.. ReadPrefixes(members, "addresses")];
        if (!string.IsNullOrEmpty(id))
        {
            _source.AddressGroups.Add(new(new AddressGroup(id, addresses), place.ToString()));
        }
    }

    private void ReadNic(JsonElement element, JsonPlace place)
    {
        int before = problems.ErrorCount;
        if (JsonMembers.Read(element, place, s_nic, fromApi: true, problems) is not { } members)
        {
            return;
        }

        string? id = members.RequiredId("id");
        Nic nic = new(id ?? "")
        {
            Name = members.Text("name") ?? id ?? "",
            NetworkId = members.Id("networkId") ?? Nic.DefaultNetworkId,
            Addresses = [.. ReadAddresses(members, "ipv4", Ethertype.IPv4), .. ReadAddresses(members, "ipv6", Ethertype.IPv6)],
            Mac = ReadMac(members),
            NicSecurity = members.Flag("nicSecurity") ?? true,
            AddressChecks = members.Flag("addressChecks") ?? true,
            AllowedAddresses = [.. ReadPrefixes(members, "allowedAddresses")],
            SecurityGroups = [.. members.Texts("securityGroups").Select(text => text.Text)],
            Options = members.Value("options") is { } options ? NicOptionsReader.Read(options, members.PlaceOf("options"), problems) : null,
        };
        if (!string.IsNullOrEmpty(id))
        {
            _source.Nics.Add(new(nic, place.ToString()) { IsPartial = problems.ErrorCount > before });
        }
    }

    private IEnumerable<Cidr> ReadPrefixes(JsonMembers members, string name)
    {
        foreach ((string text, JsonPlace place) in members.Texts(name))
        {
            if (Cidr.TryParse(text, out Cidr? prefix))
            {
                yield return prefix;
            }
            else
            {
                problems.Error(
                    place.ToString(), "cidr.format",
                    $"'{AddressText.Shown(text)}' is not an address or prefix: {AddressText.Explain(text)}.");
            }
        }
    }

    private IEnumerable<NicAddress> ReadAddresses(JsonMembers members, string name, Ethertype ethertype)
    {
        foreach ((string text, JsonPlace place) in members.Texts(name, mayBeSingle: true))
        {
            if (!NicAddress.TryParse(text, out NicAddress? address))
            {
                problems.Error(
                    place.ToString(), "address.format",
                    $"'{AddressText.Shown(text)}' is not an address: {NicAddress.Explain(text)}.");
            }
            else if (address.Ethertype != ethertype)
            {
                problems.Error(
                    place.ToString(), "address.family",
                    $"'{text}' is {address.Ethertype}: write it as {(ethertype == Ethertype.IPv4 ? "ipv6" : "ipv4")}.");
            }
            else
            {
                yield return address;
            }
        }
    }

    private static PhysicalAddress? ReadMac(JsonMembers members)
    {
        if (members.Text("mac") is not { } text)
        {
            return null;
        }

        bool isMac = text.Length == MacTextLength && text[2] is ':' or '-' && PhysicalAddress.TryParse(text, out _);
        if (!isMac)
        {
            members.Error(
                "mac", "mac.format",
                $"'{AddressText.Shown(text)}' is not a hardware address: write six octets as in fa:16:3e:00:00:10.");
        }

        return isMac ? PhysicalAddress.Parse(text) : null;
    }
}
