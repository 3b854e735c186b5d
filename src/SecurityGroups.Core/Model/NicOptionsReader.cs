using System.Text.Json;

namespace SecurityGroups;

/// <summary>The <c>options</c> object of a NIC. Words are read in any case, with or without hyphens: <c>looseEgressOnly</c>, <c>loose-egress-only</c>.</summary>
internal static class NicOptionsReader
{
    private static readonly string[] s_options = ["linkType", "infrastructure", "windowCheck", "pickUp", "maxConnections", "vlanIds"];

    public static NicOptions? Read(JsonElement element, JsonPlace place, ProblemList problems)
    {
        if (JsonMembers.Read(element, place, s_options, fromApi: false, problems) is not { } members)
        {
            return null;
        }

        return new NicOptions
        {
            LinkType = ReadWord<LinkType>(members, "linkType"),
            Infrastructure = ReadInfrastructure(members, problems),
            WindowCheck = ReadWord<WindowCheck>(members, "windowCheck"),
            PickUp = ReadWord<PickUp>(members, "pickUp"),
            MaxConnections = members.Integer("maxConnections"),
            VlanIds = [.. members.Integers("vlanIds")],
        };
    }

    private static T? ReadWord<T>(JsonMembers members, string name)
        where T : struct, Enum =>
        members.Text(name) is { } text ? WordOf<T>(text, message => members.Error(name, "option.unknown", message)) : null;

    /// <summary>A list of words, all of which are on; an empty list switches everything off.</summary>
    private static InfrastructureTraffic? ReadInfrastructure(JsonMembers members, ProblemList problems)
    {
        if (members.Value("infrastructure") is null)
        {
            return null;
        }

        InfrastructureTraffic all = InfrastructureTraffic.None;
        foreach ((string text, JsonPlace place) in members.Texts("infrastructure", mayBeSingle: true))
        {
            all |= WordOf<InfrastructureTraffic>(text, message => problems.Error(place.ToString(), "option.unknown", message)) ?? all;
        }

        return all;
    }

    private static T? WordOf<T>(string text, Action<string> error)
        where T : struct, Enum
    {
        string[] names = Enum.GetNames<T>();
        string plain = text.Replace("-", "", StringComparison.Ordinal);
        int index = Array.FindIndex(names, name => name.Equals(plain, StringComparison.OrdinalIgnoreCase));
        if (index >= 0)
        {
            return Enum.GetValues<T>()[index];
        }

        string[] words = [.. names.Select(JsonNamingPolicyName)];
        error($"'{AddressText.Shown(text)}' is not known here: write one of {string.Join(", ", words)}{Suggestion.For(text, words)}");
        return null;
    }

    private static string JsonNamingPolicyName(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
