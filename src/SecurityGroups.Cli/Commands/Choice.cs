using System.CommandLine;

namespace SecurityGroups.Cli.Commands;

/// <summary>An option whose value is one of a few words; the first is the default.</summary>
internal sealed class Choice<T>
{
    private readonly (string Word, T Value)[] _choices;

    public Choice(string name, string description, params (string Word, T Value)[] choices)
    {
        _choices = choices;
        string[] words = [.. choices.Select(choice => choice.Word)];
        Option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => words[0],
        };
        Option.AcceptOnlyFromAmong(words);
    }

    public Option<string> Option { get; }

    public T ValueIn(ParseResult parsed)
    {
        string? word = parsed.GetValue(Option);
        return Array.Find(_choices, choice => choice.Word == word).Value;
    }
}
