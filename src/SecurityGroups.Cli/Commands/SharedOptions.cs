using System.CommandLine;
using System.Globalization;

namespace SecurityGroups.Cli.Commands;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    public static Option<string> Policy() => new("--policy")
    {
        Description = "The policy file (JSON with the names of the STACKIT API).",
        HelpName = "FILE",
        Required = true,
    };

    /// <summary>An option with a free-text value.</summary>
    public static Option<string?> Text(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };

    /// <summary>An option with a number between two bounds; null when it is not given.</summary>
    public static Option<int?> Number(string name, string description, int min, int max) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            string text = result.Tokens[^1].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max)
            {
                return value;
            }

            result.AddError($"{name} is a number from {min} to {max}, not '{text}'.");
            return null;
        },
    };
}
