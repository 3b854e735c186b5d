using System.Text;
using Spectre.Console;

namespace SecurityGroups.Cli;

/// <summary>The three standard streams, and what is known of their other ends. Tests give their own.</summary>
internal sealed record ToolConsole(Stream Input, Stream Output, TextWriter Error, bool OutputIsTerminal, bool ErrorIsTerminal)
{
    // Tables in a file or pipe need not fit a screen.
    private const int RedirectedWidth = 200;

    /// <summary>The process's own streams.</summary>
    public static ToolConsole System() => new(
        Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);

    /// <summary>Standard output as text; nothing is held back once it is disposed.</summary>
    public TextWriter OpenText() => new StreamWriter(Output, new UTF8Encoding(false), leaveOpen: true);

    /// <summary>A Spectre console over <see cref="OpenText"/>: colours and the screen's width on a terminal, plain text elsewhere.</summary>
    public IAnsiConsole OpenAnsi(TextWriter text)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = OutputIsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = OutputIsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        if (!OutputIsTerminal)
        {
            console.Profile.Width = RedirectedWidth;
        }

        return console;
    }
}
