using System.Text.Json;

namespace SecurityGroups;

/// <summary>
/// The members of one JSON object, checked when they are read: each is known, stands once and is not null (null counts as absent). Every getter
/// reports a value of the wrong kind with its place and then gives nothing, so that reading goes on to the next error.
/// </summary>
internal sealed class JsonMembers
{
    /// <summary>What the STACKIT API sends and a policy does not need.</summary>
    private static readonly string[] s_apiMembers =
        ["createdAt", "updatedAt", "projectId", "networkId", "securityGroupId", "status", "type", "device", "labels"];

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly JsonPlace _place;
    private readonly ProblemList _problems;

    private JsonMembers(JsonPlace place, ProblemList problems) => (_place, _problems) = (place, problems);

    /// <summary>Reads an object; null, with an error, when the value is none.</summary>
    /// <param name="element">The value.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="known">The members it may have.</param>
    /// <param name="fromApi">Whether it may also have members that the API sends and a policy does not need.</param>
    /// <param name="problems">Takes the errors.</param>
    public static JsonMembers? Read(JsonElement element, JsonPlace place, string[] known, bool fromApi, ProblemList problems)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            problems.Error(place.ToString(), "json.type", $"Here stands {Describe(element)}: write an object.");
            return null;
        }

        JsonMembers members = new(place, problems);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            members.Add(property, known, fromApi);
        }

        return members;
    }

    public JsonPlace PlaceOf(string name) => _place.Member(name);

    public void Error(string name, string code, string message) => _problems.Error(PlaceOf(name).ToString(), code, message);

    /// <summary>The value of a member; null when absent.</summary>
    public JsonElement? Value(string name) =>
        _members.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string name) => Value(name) is { } value ? TextOf(value, PlaceOf(name)) : null;

    /// <summary>An id or a reference to one; an empty one is an error.</summary>
    public string? Id(string name)
    {
        string? id = Text(name);
        if (id?.Length == 0)
        {
            Error(name, "id.empty", "The id is empty: write 1 to 255 characters.");
        }

        return id;
    }

    /// <summary>An id that must be there.</summary>
    public string? RequiredId(string name)
    {
        if (Value(name) is null)
        {
            Error(name, "member.missing", $"There is no {name}: add one, 1 to 255 characters.");
        }

        return Id(name);
    }

    public bool? Flag(string name)
    {
        JsonElement? value = Value(name);
        if (value is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) } other)
        {
            Error(name, "json.type", $"Here stands {Describe(other)}: write true or false.");
            return null;
        }

        return value?.GetBoolean();
    }

    public int? Integer(string name) => Value(name) is { } value ? IntegerOf(value, PlaceOf(name)) : null;

    /// <summary>The elements of a list with their places; none when absent. A list in <c>{ "items": [...] }</c> is one too if so said.</summary>
    public IEnumerable<(JsonElement Element, JsonPlace Place)> Items(string name, bool mayBeWrapped = false)
    {
        if (Value(name) is not { } value)
        {
            return [];
        }

        if (mayBeWrapped && value.ValueKind == JsonValueKind.Object)
        {
            return Read(value, PlaceOf(name), ["items"], fromApi: false, _problems)?.Items("items") ?? [];
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            return ItemsOf(value, PlaceOf(name));
        }

        Error(name, "json.type", $"Here stands {Describe(value)}: write a list.");
        return [];
    }

    /// <summary>The texts of a list, or one text that stands for a list of one.</summary>
    public IEnumerable<(string Text, JsonPlace Place)> Texts(string name, bool mayBeSingle = false)
    {
        IEnumerable<(JsonElement Element, JsonPlace Place)> items = mayBeSingle && Value(name) is { ValueKind: JsonValueKind.String } single
            ? [(single, PlaceOf(name))]
            : Items(name);
        foreach ((JsonElement element, JsonPlace place) in items)
        {
            if (TextOf(element, place) is { } text)
            {
                yield return (text, place);
            }
        }
    }

    /// <summary>The whole numbers of a list.</summary>
    public IEnumerable<int> Integers(string name)
    {
        foreach ((JsonElement element, JsonPlace place) in Items(name))
        {
            if (IntegerOf(element, place) is { } number)
            {
                yield return number;
            }
        }
    }

    public static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private static IEnumerable<(JsonElement Element, JsonPlace Place)> ItemsOf(JsonElement list, JsonPlace place)
    {
        int index = 0;
        foreach (JsonElement element in list.EnumerateArray())
        {
            yield return (element, place.Item(index++));
        }
    }

    private void Add(JsonProperty property, string[] known, bool fromApi)
    {
        if (!TryGetName(property, out string name))
        {
            _problems.Error(
                _place.ToString(), "json.text",
                "A member's name is not well-formed text: write it in UTF-8 without lone surrogates.");
        }
        else if (!known.Contains(name, StringComparer.Ordinal))
        {
            if (!fromApi || !s_apiMembers.Contains(name, StringComparer.Ordinal))
            {
                Error(name, "member.unknown", $"There is no member '{AddressText.Shown(name)}' here{Suggestion.For(name, known)}");
            }
        }
        else if (!_members.TryAdd(name, property.Value))
        {
            Error(name, "member.duplicate", $"Member '{name}' stands here twice: remove one.");
        }
    }

    private static bool TryGetName(JsonProperty property, out string name)
    {
        try
        {
            name = property.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = "";
            return false;
        }
    }

    private string? TextOf(JsonElement value, JsonPlace place)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            _problems.Error(place.ToString(), "json.type", $"Here stands {Describe(value)}: write a text.");
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Invalid UTF-8 or a lone surrogate shows only when the text is asked for.
            _problems.Error(place.ToString(), "json.text", "The text is not well-formed: write it in UTF-8 without lone surrogates.");
            return null;
        }
    }

    private int? IntegerOf(JsonElement value, JsonPlace place)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number))
        {
            return number;
        }

        _problems.Error(
            place.ToString(), "json.type",
            $"Here stands {(value.ValueKind == JsonValueKind.Number ? "a number with a fraction, or out of range" : Describe(value))}: write a whole number.");
        return null;
    }
}
