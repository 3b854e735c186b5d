using System.CommandLine;
using System.CommandLine.Parsing;

namespace SecurityGroups.Cli.Commands;

/// <summary>Options whose value is one of a few words.</summary>
internal static class Choice
{
    /// <summary>An option; the first choice is the default.</summary>
    public static Option<T> Create<T>(string name, string description, params (string Word, T Value)[] choices)
    {
        string words = string.Join('|', choices.Select(choice => choice.Word));
        Option<T> option = new(name)
        {
            Description = description,
            HelpName = words,
            DefaultValueFactory = _ => choices[0].Value,
            CustomParser = result => Parse(result, name, words, choices),
        };
        option.CompletionSources.Add([.. choices.Select(choice => choice.Word)]);
        return option;
    }

    private static T Parse<T>(ArgumentResult result, string name, string words, (string Word, T Value)[] choices)
    {
        string word = result.Tokens[^1].Value;
        foreach ((string known, T value) in choices)
        {
            if (word == known)
            {
                return value;
            }
        }

        result.AddError($"'{word}' is no value of {name}; it takes {words}.");
        return choices[0].Value;
    }
}
