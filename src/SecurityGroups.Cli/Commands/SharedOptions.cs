using System.CommandLine;

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

    /// <summary>An option with a number between two bounds.</summary>
    public static Option<int?> Number(string name, string description, int min, int max)
    {
        Option<int?> option = new(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is { } value && (value < min || value > max))
            {
                result.AddError($"{name} is {min} to {max}, not {value}.");
            }
        });
        return option;
    }
}
